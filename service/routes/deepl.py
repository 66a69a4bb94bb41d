"""DeepL's API: /v2/translate, /v2/languages and /v2/usage."""

from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from service.compat.deepl import ALIASES, TextParameters, language_code, source_languages, target_languages
from service.compat.fields import Fields
from service.compat.glossary_terms import terms_of
from service.compat.keep_alive import KeepAliveResponse
from service.compat.languages import supported_tag
from service.compat.translation import translate_texts
from service.dependencies import CallerDep, DeeplFlightsDep, DeskDep, QuotasDep, ThreadPoolDep
from summarizer.desk import Desk
from summarizer.options import TranslationOptions
from summarizer.watch import Watch

router = APIRouter(prefix="/v2", tags=["deepl"], include_in_schema=False)

NO_LIMIT = 10**12
"""The value that DeepL's API returns for an unlimited quota."""


@router.post("/translate")
async def translate(  # noqa: PLR0917 - FastAPI passes them by name
    fields: Fields,
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    flights: DeeplFlightsDep,
    caller: CallerDep,
    quotas: QuotasDep,
) -> KeepAliveResponse:
    """Translates texts, and returns each with its source language."""
    parameters = TextParameters.of(fields)
    card = desk.model_for("translate")
    source = supported_tag(parameters.source_lang, ALIASES, card) if parameters.source_lang else None
    target = supported_tag(parameters.target_lang, ALIASES, card)
    terms = await run_sync(terms_of, request.app.state.glossaries, caller.owner, parameters)
    options = parameters.options(terms)

    async def translation(watch: Watch) -> dict[str, Any]:
        async with quotas.charged(caller.key, sum(map(len, parameters.text))):
            return await thread_pool.in_thread(partial(_response, desk, parameters, (source, target), options), watch)

    return KeepAliveResponse(flights, (caller.owner, parameters.model_dump_json(), terms), translation)


def _response(
    desk: Desk, parameters: TextParameters, languages: tuple[str | None, str], options: TranslationOptions, watch: Watch
) -> dict[str, Any]:
    source, target = languages
    translated = translate_texts(desk, parameters.texts, target, source, watch=watch, options=options)
    model_type = {"model_type_used": parameters.model_type} if parameters.model_type else {}
    return {
        "translations": [
            {
                "detected_source_language": language_code(language, target),
                "text": text,
                "billed_characters": len(original),
                **model_type,
            }
            for original, text, language in zip(parameters.text, translated.texts, translated.languages, strict=True)
        ]
    }


@router.get("/languages")
async def languages(fields: Fields, desk: DeskDep) -> list[dict[str, Any]]:
    """Lists the source languages, or the target languages with `type=target`."""
    card = desk.model_for("translate")
    return list(target_languages(card) if fields.get("type") == "target" else source_languages(card))


@router.get("/usage")
async def usage(caller: CallerDep, quotas: QuotasDep) -> dict[str, int]:
    """Returns the characters used this month and the quota of the caller's key."""
    if caller.key is None:
        return {"character_count": 0, "character_limit": NO_LIMIT}
    used = await run_sync(quotas.used, caller.key)
    return {"character_count": used, "character_limit": NO_LIMIT if caller.key.quota is None else caller.key.quota}
