"""Language codes of other services."""

from collections.abc import Mapping

from fastapi import HTTPException

from models.card import ModelCard
from summarizer.errors import UnknownLanguage
from summarizer.languages import canonical, closest


def tag_of(code: str, aliases: Mapping[str, str]) -> str:
    """Returns the BCP 47 tag of a code, in any case. Raises HTTPException 400."""
    try:
        return canonical(aliases.get(code.strip().lower(), code))
    except UnknownLanguage:
        raise HTTPException(400, f"{code} is not supported") from None


def supported_tag(code: str, aliases: Mapping[str, str], card: ModelCard) -> str:
    """Returns the tag of a code, if the model supports the language. Raises HTTPException 400."""
    language = tag_of(code, aliases)
    if closest(language, card.languages) is None:
        raise HTTPException(400, f"{code} is not supported")
    return language
