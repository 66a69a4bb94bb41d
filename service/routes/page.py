"""GET /: the web page. Its files are in service/page; it loads nothing from other sites."""

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
"""The languages of the page, by tag, with their native names."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language",
}
"""Added to the headers of every response (service/http/middleware.py)."""


@router.get("/")
def page(request: Request, lang: str | None = None) -> HTMLResponse:
    """Returns the page in the language of `?lang=`, or else of `Accept-Language`."""
    requested = [lang or "", *request.headers.get("accept-language", "").split(",")]
    supported = (primary for tag in requested if (primary := re.split(r"[-;]", tag.strip().lower())[0]) in LANGUAGES)
    return HTMLResponse(_page(next(supported, "en")), headers=HEADERS)


@router.get("/assets/page.css")
def style() -> Response:
    """Returns all style sheets of the page in one response, which is faster than six requests."""
    return Response(_style(), media_type="text/css", headers={"Cache-Control": "no-cache"})


class Assets(StaticFiles):
    """Static files that browsers cache and revalidate by ETag."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Adds the header to Starlette's response."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(app: FastAPI) -> None:
    """Adds the page and its files to the app."""
    app.include_router(router)
    app.mount("/assets", Assets(directory=FOLDER), name="assets")


def load_messages(language: str) -> dict[str, Any]:
    """Returns the messages of the page in a language; those with plural forms are objects keyed by CLDR category."""
    messages: dict[str, Any] = json.loads((FOLDER / "messages" / f"{language}.json").read_text("utf-8"))
    return messages


@cache
def _style() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((FOLDER / "css").glob("*.css"), key=_base_first))


def _base_first(path: Path) -> tuple[bool, str]:
    return path.stem != "base", path.stem


@cache
def _page(language: str) -> str:
    messages = load_messages(language)
    data = {
        "language": language,
        "messages": messages,
        "profiles": {name: asdict(profile) for name, profile in PROFILES.items() if name != "custom"},
        "limits": PAYLOAD_BYTES,
    }
    plain = {key: escape(value) for key, value in messages.items() if isinstance(value, str)}
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
