"""GET /: the page for people. Its files lie in service/page; nothing in it comes from elsewhere."""

import json
import re
from dataclasses import asdict
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from summarizer.languages import direction
from summarizer.options import PAYLOAD_BYTES, PROFILES

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent.parent / "page"

LANGUAGES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية", "zh": "中文"}
"""The page's languages, each under its own name."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language",
}
"""Beside those that every answer has (service/http/middleware.py)."""


@router.get("/")
def page(request: Request, lang: str | None = None) -> HTMLResponse:
    """The page in the language asked for, by `?lang=` or by the browser's own list."""
    asked = [lang or "", *request.headers.get("accept-language", "").split(",")]
    known = (primary for tag in asked if (primary := re.split(r"[-;]", tag.strip().lower())[0]) in LANGUAGES)
    return HTMLResponse(_page(next(known, "en")), headers=HEADERS)


@router.get("/assets/page.css")
def style() -> Response:
    """All of the page's style in one answer: it is painted once it is here, and one is sooner here than six."""
    return Response(_style(), media_type="text/css", headers={"Cache-Control": "no-cache"})


class Assets(StaticFiles):
    """Files that a browser may keep, and asks for again by their ETag."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As Starlette's."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def install(app: FastAPI) -> None:
    """Adds the page and its files to the app."""
    app.include_router(router)
    app.mount("/assets", Assets(directory=FOLDER), name="assets")


def words(language: str) -> dict[str, Any]:
    """The page's words in one of its languages; those with plural forms are objects of CLDR's categories."""
    found: dict[str, Any] = json.loads((FOLDER / "words" / f"{language}.json").read_text("utf-8"))
    return found


@cache
def _style() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((FOLDER / "css").glob("*.css"), key=_base_first))


def _base_first(path: Path) -> tuple[bool, str]:
    return path.stem != "base", path.stem


@cache
def _page(language: str) -> str:
    said = words(language)
    data = {
        "language": language,
        "words": said,
        "profiles": {name: asdict(profile) for name, profile in PROFILES.items() if name != "custom"},
        "limits": PAYLOAD_BYTES,
    }
    plain = {key: escape(value) for key, value in said.items() if isinstance(value, str)}
    return Template((FOLDER / "index.html").read_text("utf-8")).substitute(
        plain | {
            "language": language,
            "direction": direction(language),
            "languages": _links(language),
            "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        }
    )  # fmt: skip


def _links(chosen: str) -> str:
    return "\n    ".join(
        f'<a href="?lang={tag}" lang="{tag}" hreflang="{tag}"{" aria-current=true" * (tag == chosen)}>{name}</a>'
        for tag, name in LANGUAGES.items()
    )
