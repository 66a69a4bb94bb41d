"""LibreTranslate's API: /translate, /detect, /languages and /frontend/settings, in the shapes of its version 1.9.

Its faults are not copied: texts of one request may be in different languages, and odd values are told as 400.
"""

from pathlib import PurePath
from typing import Any, Literal, Self
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from models.card import ModelCard
from service.compat.documents import DocumentsDep
from service.compat.fields import Fields
from service.compat.languages import supported_tag
from service.compat.translating import translate_texts
from service.dependencies import CallerDep, DeskDep, QuotasDep, SettingsDep, ThreadPoolDep
from summarizer.article import Detection
from summarizer.desk import Desk
from summarizer.errors import UnknownLanguage
from summarizer.files import TRANSLATABLE, open_document
from summarizer.files.rendering import render
from summarizer.languages import UNDETERMINED, canonical
from summarizer.languages import name as name_of
from summarizer.options import TranslationOptions
from summarizer.reading import detect
from summarizer.watch import Watch

router = APIRouter(tags=["libretranslate"], include_in_schema=False)

ALIASES = {"pb": "pt-BR", "zt": "zh-Hant", "zh-hans": "zh"}
"""LibreTranslate's own codes, as tags; others are tags already."""

CODES = {"zh": "zh-Hans"}
"""Tags whose code differs."""

UNKNOWN = {"confidence": 0.0, "language": "en"}
"""What LibreTranslate says of a text whose language nothing tells."""

MAX_CANDIDATES = 3

MAX_ALTERNATIVES = 10
"""The most that are drawn of a text."""

FILE = "/translate_file"


class TranslateParameters(BaseModel):
    """The fields of /translate. Fewer `alternatives` may come: those without faults, and none of HTML."""

    q: str | list[str]
    source: str
    target: str
    format: Literal["text", "html"] | None = None
    alternatives: int | None = Field(0, ge=0)

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """The fields, as LibreTranslate checks them. Raises HTTPException 400."""
        for field in ("q", "source", "target"):
            if not given.get(field):
                raise HTTPException(400, f"Invalid request: missing {field} parameter")
        try:
            wanted = cls.model_validate(given)
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            told = f"{given[field]} format is not supported" if field == "format" else f"bad {field} parameter"
            raise HTTPException(400, told if field == "format" else f"Invalid request: {told}") from None
        if (wanted.alternatives or 0) > MAX_ALTERNATIVES:
            raise HTTPException(400, f"Invalid request: alternatives parameter must be <= {MAX_ALTERNATIVES}")
        return wanted

    @property
    def texts(self) -> list[str]:
        """The texts, of which there may be one."""
        return [self.q] if isinstance(self.q, str) else self.q


@router.post("/translate")
async def translate(  # noqa: PLR0917 - FastAPI gives them by name
    given: Fields,
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    settings: SettingsDep,
    caller: CallerDep,
    quotas: QuotasDep,
) -> dict[str, Any]:
    """A text, or several, in another language."""
    wanted = TranslateParameters.of(given)
    size = sum(map(len, wanted.texts))
    if size > settings.max_characters:
        told = f"Invalid request: request ({size}) exceeds text limit ({settings.max_characters})"
        raise HTTPException(400, told)
    card = desk.model_for("translate")
    source = None if wanted.source.lower() == "auto" else supported_tag(wanted.source, ALIASES, card)
    target = supported_tag(wanted.target, ALIASES, card)
    async with quotas.charged(caller.key, size):
        return await thread_pool.run(request, lambda watch: _answer(desk, wanted, source, target, watch), None)


def _answer(desk: Desk, wanted: TranslateParameters, source: str | None, target: str, watch: Watch) -> dict[str, Any]:
    options = TranslationOptions(wanted.format or "text", alternatives=wanted.alternatives or 0)
    made = translate_texts(desk, wanted.texts, target, source, watch=watch, options=options)
    several, texts = isinstance(wanted.q, list), made.texts
    answer: dict[str, Any] = {"translatedText": texts if several else texts[0]}
    if source is None:
        told = [_confidence(text, language) for text, language in zip(wanted.texts, made.languages, strict=True)]
        answer["detectedLanguage"] = told if several else told[0]
    if wanted.alternatives:
        answer["alternatives"] = made.alternatives if several else made.alternatives[0]
    return answer


def _confidence(text: str, language: str) -> dict[str, Any]:
    """A text's language, and how sure it is; one that was told by the texts beside it is not sure at all."""
    if language == UNDETERMINED:
        return UNKNOWN
    sure = [one.confidence for one in detect(text).candidates if one.language == language]
    return {"confidence": _percent(sum(sure)), "language": _code(language)}


def _percent(share: float) -> float:
    return round(share * 100, 1)


@router.post("/detect")
async def detected(given: Fields) -> list[dict[str, Any]]:
    """The likeliest languages of a text, best first."""
    texts = given.get("q")
    if not texts:
        raise HTTPException(400, "Invalid request: missing q parameter")
    whole = "\n".join(map(str, texts)) if isinstance(texts, list) else str(texts)
    return _candidates(await run_sync(detect, whole))


def _candidates(found: Detection) -> list[dict[str, Any]]:
    if found.language == UNDETERMINED:
        return [UNKNOWN]
    return [
        {"confidence": _percent(candidate.confidence), "language": _code(candidate.language)}
        for candidate in found.candidates[:MAX_CANDIDATES]
    ]


@router.get("/languages")
async def languages(request: Request, desk: DeskDep) -> list[dict[str, Any]]:
    """The languages translated from, with those that each is translated to."""
    card = desk.model_for("translate")
    speaking = request.query_params.get("lang") or request.headers.get("accept-language", "en").partition(",")[0]
    named = [
        {"code": _code(tag), "name": _name(tag, speaking), "targets": _targets(card, tag)} for tag in card.languages
    ]
    return sorted(named, key=lambda language: str(language["name"]))


def _targets(card: ModelCard, source: str) -> list[str]:
    return sorted(_code(tag) for tag in card.languages if tag == source or card.serves(source, tag))


def _name(tag: str, speaking: str) -> str:
    try:
        return name_of(tag, canonical(speaking.partition(";")[0]))
    except UnknownLanguage:
        return name_of(tag)


def _code(tag: str) -> str:
    return CODES.get(tag, tag)


@router.get("/frontend/settings")
async def frontend(settings: SettingsDep) -> dict[str, Any]:
    """What LibreTranslate's own page asks before it draws itself."""
    return {
        "charLimit": settings.max_characters,
        "frontendTimeout": 500,
        "apiKeys": False,
        "keyRequired": False,
        "suggestions": False,
        "filesTranslation": True,
        "supportedFilesFormat": list(TRANSLATABLE),
        "language": {
            "source": {"code": "auto", "name": "Auto Detect"},
            "target": {"code": "en", "name": "English"},
        },
    }


@router.post(FILE)
async def translate_file(
    given: Fields, request: Request, desk: DeskDep, documents: DocumentsDep, caller: CallerDep
) -> dict[str, str]:
    """A file in another language: the link that it is behind, as soon as it is translated."""
    file, source = given.get("file"), str(given.get("source") or "")
    for field in ("file", "source", "target"):
        if not given.get(field):
            raise HTTPException(400, f"Invalid request: missing {field} parameter")
    if not isinstance(file, UploadFile):
        raise HTTPException(400, "Invalid request: empty file")
    card = desk.model_for("translate")
    spoken = None if source.lower() == "auto" else supported_tag(source, ALIASES, card)
    target, content = supported_tag(str(given["target"]), ALIASES, card), await file.read()
    read = await run_sync(open_document, file.filename or "", content)
    name = PurePath(file.filename or "").name
    document, sent = await documents.begin(
        name, read, len(content), caller.key, lambda watch: render(desk, read, target, source=spoken, watch=watch)
    )
    await sent.task
    return {
        "translatedFileUrl": str(request.url_for("download_file", document=document, key=sent.key, name=quote(name)))
    }


@router.get("/download_file/{document}/{key}/{name}", name="download_file")
async def download_file(document: str, key: str, name: str, documents: DocumentsDep) -> Response:
    """A translated file, once."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(documents.fetch(document, key), media_type="application/octet-stream", headers=headers)


@router.post("/suggest")
async def suggest() -> None:
    """Suggestions for better translations, which are not collected."""
    raise HTTPException(403, "Suggestions are disabled on this server.")


@router.get("/health")
async def health() -> dict[str, str]:
    """Whether the service lives."""
    return {"status": "ok"}
