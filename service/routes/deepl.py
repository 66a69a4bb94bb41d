"""DeepL's API: /v2/translate, /v2/languages and /v2/usage, as DeepL's own clients call them."""

from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from service.compat.deepl import ALIASES, TextParameters, language_code, source_languages, target_languages
from service.compat.fields import Fields
from service.compat.glossed import terms_of
from service.compat.keep_alive import KeepAliveResponse
from service.compat.languages import supported_tag
from service.compat.translating import translate_texts
from service.dependencies import CallerDep, DeeplFlightsDep, DeskDep, QuotasDep, ThreadPoolDep
from summarizer.desk import Desk
from summarizer.options import TranslationOptions
from summarizer.watch import Watch

router = APIRouter(prefix="/v2", tags=["deepl"], include_in_schema=False)

NO_LIMIT = 10**12
"""DeepL's own number for a limit that there is not."""


@router.post("/translate")
async def translate(  # noqa: PLR0917 - FastAPI gives them by name
    given: Fields,
    request: Request,
    desk: DeskDep,
    thread_pool: ThreadPoolDep,
    flights: DeeplFlightsDep,
    caller: CallerDep,
    quotas: QuotasDep,
) -> KeepAliveResponse:
    """Texts in another language, each with the language it was in."""
    wanted = TextParameters.of(given)
    card = desk.model_for("translate")
    source = supported_tag(wanted.source_lang, ALIASES, card) if wanted.source_lang else None
    target = supported_tag(wanted.target_lang, ALIASES, card)
    terms = await run_sync(terms_of, request.app.state.glossaries, caller.owner, wanted)
    options = TranslationOptions(wanted.format, terms)

    async def job(watch: Watch) -> dict[str, Any]:
        async with quotas.charged(caller.key, sum(map(len, wanted.text))):
            return await thread_pool.in_thread(partial(_answer, desk, wanted, (source, target), options), watch)

    return KeepAliveResponse(flights, (caller.owner, wanted.model_dump_json(), terms), job)


def _answer(
    desk: Desk, wanted: TextParameters, languages: tuple[str | None, str], options: TranslationOptions, watch: Watch
) -> dict[str, Any]:
    source, target = languages
    made = translate_texts(desk, wanted.texts, target, source, watch=watch, options=options)
    more = {"model_type_used": wanted.model_type} if wanted.model_type else {}
    return {
        "translations": [
            {
                "detected_source_language": language_code(language, target),
                "text": text,
                "billed_characters": len(original),
                **more,
            }
            for original, text, language in zip(wanted.text, made.texts, made.languages, strict=True)
        ]
    }


@router.get("/languages")
async def languages(given: Fields, desk: DeskDep) -> list[dict[str, Any]]:
    """The languages translated from, or with `type=target` those translated to."""
    card = desk.model_for("translate")
    return list(target_languages(card) if given.get("type") == "target" else source_languages(card))


@router.get("/usage")
async def usage(caller: CallerDep, quotas: QuotasDep) -> dict[str, int]:
    """How many characters the caller's key had worked on this month, of those allowed."""
    if caller.key is None:
        return {"character_count": 0, "character_limit": NO_LIMIT}
    spent = await run_sync(quotas.spent, caller.key)
    return {"character_count": spent, "character_limit": NO_LIMIT if caller.key.quota is None else caller.key.quota}
