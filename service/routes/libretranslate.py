"""LibreTranslate's API, version 1.9: /translate, /translate_file, /detect, /languages and /frontend/settings.

Unlike LibreTranslate, texts of one request may be in different languages, and invalid values return 400.
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
from service.compat.translation import translate_texts
from service.dependencies import CallerDep, DeskDep, QuotasDep, SettingsDep, ThreadPoolDep
from summarizer.article import Detection
from summarizer.desk import Desk
from summarizer.errors import UnknownLanguage
from summarizer.files import TRANSLATABLE, open_document, translated_name
from summarizer.files.rendering import render
from summarizer.languages import UNDETERMINED, canonical
from summarizer.languages import name as name_of
from summarizer.options import TranslationOptions
from summarizer.reading import detect
from summarizer.watch import Watch

router = APIRouter(tags=["libretranslate"], include_in_schema=False)

ALIASES = {"pb": "pt-BR", "zt": "zh-Hant", "zh-hans": "zh"}
"""LibreTranslate's own language codes, with their BCP 47 tags; other codes are tags already."""

CODES = {"zh": "zh-Hans"}
"""Tags with a different code in LibreTranslate."""

UNKNOWN = {"confidence": 0.0, "language": "en"}
"""LibreTranslate's result for a text whose language cannot be detected."""

MAX_CANDIDATES = 3

MAX_ALTERNATIVES = 10
"""The most alternatives per text."""

FILE = "/translate_file"


class TranslateParameters(BaseModel):
    """The fields of /translate. Fewer `alternatives` may be returned: only those without warnings, none for HTML."""

    q: str | list[str]
    source: str
    target: str
    format: Literal["text", "html"] | None = None
    alternatives: int | None = Field(0, ge=0)

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Self:
        """Validates the fields like LibreTranslate. Raises HTTPException 400."""
        for field in ("q", "source", "target"):
            if not fields.get(field):
                raise HTTPException(400, f"Invalid request: missing {field} parameter")
        try:
            parameters = cls.model_validate(fields)
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            if field == "format":
                raise HTTPException(400, f"{fields[field]} format is not supported") from None
            raise HTTPException(400, f"Invalid request: bad {field} parameter") from None
        if (parameters.alternatives or 0) > MAX_ALTERNATIVES:
            raise HTTPException(400, f"Invalid request: alternatives parameter must be <= {MAX_ALTERNATIVES}")
        return parameters

    @property
    def texts(self) -> list[str]:
        """The texts as a list."""
        return [self.q] if isinstance(self.q, str) else self.q


@router.post("/translate")
async def translate(  # noqa: PLR0917 - FastAPI passes them by name
    fields: Fields,
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    settings: SettingsDep,
    caller: CallerDep,
    quotas: QuotasDep,
) -> dict[str, Any]:
    """Translates one or more texts."""
    parameters = TranslateParameters.of(fields)
    size = sum(map(len, parameters.texts))
    if size > settings.max_characters:
        message = f"Invalid request: request ({size}) exceeds text limit ({settings.max_characters})"
        raise HTTPException(400, message)
    card = desk.model_for("translate")
    source = None if parameters.source.lower() == "auto" else supported_tag(parameters.source, ALIASES, card)
    target = supported_tag(parameters.target, ALIASES, card)
    async with quotas.charged(caller.key, size):
        return await thread_pool.run(request, lambda watch: _response(desk, parameters, source, target, watch), None)


def _response(
    desk: Desk, parameters: TranslateParameters, source: str | None, target: str, watch: Watch
) -> dict[str, Any]:
    options = TranslationOptions(parameters.format or "text", alternatives=parameters.alternatives or 0)
    translated = translate_texts(desk, parameters.texts, target, source, watch=watch, options=options)
    is_list, texts = isinstance(parameters.q, list), translated.texts
    response: dict[str, Any] = {"translatedText": texts if is_list else texts[0]}
    if source is None:
        detected = [_detected(text, tag) for text, tag in zip(parameters.texts, translated.languages, strict=True)]
        response["detectedLanguage"] = detected if is_list else detected[0]
    if parameters.alternatives:
        response["alternatives"] = translated.alternatives if is_list else translated.alternatives[0]
    return response


def _detected(text: str, language: str) -> dict[str, Any]:
    """Returns a text's language with its confidence, which is 0 if it was inferred from the other texts."""
    if language == UNDETERMINED:
        return UNKNOWN
    confidences = [candidate.confidence for candidate in detect(text).candidates if candidate.language == language]
    return {"confidence": _percent(sum(confidences)), "language": _code(language)}


def _percent(share: float) -> float:
    return round(share * 100, 1)


@router.post("/detect")
async def detect_language(fields: Fields) -> list[dict[str, Any]]:
    """Returns the most likely languages of a text, best first."""
    texts = fields.get("q")
    if not texts:
        raise HTTPException(400, "Invalid request: missing q parameter")
    text = "\n".join(map(str, texts)) if isinstance(texts, list) else str(texts)
    return _candidates(await run_sync(detect, text))


def _candidates(detection: Detection) -> list[dict[str, Any]]:
    if detection.language == UNDETERMINED:
        return [UNKNOWN]
    return [
        {"confidence": _percent(candidate.confidence), "language": _code(candidate.language)}
        for candidate in detection.candidates[:MAX_CANDIDATES]
    ]


@router.get("/languages")
async def languages(request: Request, desk: DeskDep) -> list[dict[str, Any]]:
    """Lists the source languages, each with its target languages."""
    card = desk.model_for("translate")
    display_language = (
        request.query_params.get("lang") or request.headers.get("accept-language", "en").partition(",")[0]
    )
    entries = [
        {"code": _code(tag), "name": _name(tag, display_language), "targets": _targets(card, tag)}
        for tag in card.languages
    ]
    return sorted(entries, key=lambda entry: str(entry["name"]))


def _targets(card: ModelCard, source: str) -> list[str]:
    return sorted(_code(tag) for tag in card.languages if tag == source or card.serves(source, tag))


def _name(tag: str, display_language: str) -> str:
    try:
        return name_of(tag, canonical(display_language.partition(";")[0]))
    except UnknownLanguage:
        return name_of(tag)


def _code(tag: str) -> str:
    return CODES.get(tag, tag)


@router.get("/frontend/settings")
async def frontend(settings: SettingsDep) -> dict[str, Any]:
    """Returns the settings that LibreTranslate's web page reads first."""
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
    fields: Fields, request: Request, desk: DeskDep, documents: DocumentsDep, caller: CallerDep
) -> dict[str, str]:
    """Translates a file, and returns a download link when it is ready."""
    file, source = fields.get("file"), str(fields.get("source") or "")
    for field in ("file", "source", "target"):
        if not fields.get(field):
            raise HTTPException(400, f"Invalid request: missing {field} parameter")
    if not isinstance(file, UploadFile):
        raise HTTPException(400, "Invalid request: empty file")
    card = desk.model_for("translate")
    source_tag = None if source.lower() == "auto" else supported_tag(source, ALIASES, card)
    target, content = supported_tag(str(fields["target"]), ALIASES, card), await file.read()
    document = await run_sync(open_document, file.filename or "", content, target)
    name = translated_name(PurePath(file.filename or "").name)
    document_id, task = await documents.start(
        name,
        document,
        len(content),
        caller.key,
        lambda watch: render(desk, document, target, source=source_tag, watch=watch),
    )
    await task.task
    return {
        "translatedFileUrl": str(
            request.url_for("download_file", document_id=document_id, key=task.key, name=quote(name))
        )
    }


@router.get("/download_file/{document_id}/{key}/{name}", name="download_file")
async def download_file(document_id: str, key: str, name: str, documents: DocumentsDep) -> Response:
    """Returns a translated file, once."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(documents.download(document_id, key), media_type="application/octet-stream", headers=headers)


@router.post("/suggest")
async def suggest() -> None:
    """Rejects suggestions for better translations."""
    raise HTTPException(403, "Suggestions are disabled on this server.")


@router.get("/health")
async def health() -> dict[str, str]:
    """Reports that the service is alive."""
    return {"status": "ok"}
