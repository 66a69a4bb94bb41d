"""DeepL's parameters as its clients send them: JSON or forms, in which booleans are digits and lists have commas."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from fastapi import HTTPException
from pydantic import BaseModel, BeforeValidator, ValidationError

from models.card import ModelCard
from summarizer.languages import UNDETERMINED, canonical, name, primary
from summarizer.options import TextFormat

ALIASES = {"zh-hans": "zh", "no": "nb"}
"""DeepL's own codes, as tags."""

VARIANTS = {"en": ("EN-GB", "EN-US"), "pt": ("PT-BR", "PT-PT"), "zh": ("ZH", "ZH-HANS")}
"""What DeepL offers as targets for languages with several standards; its clients refuse plain EN and PT."""

UNSUPPORTED = ("custom_instructions", "style_id", "translation_memory_id")
"""What changes the answer, and only DeepL can do."""


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _tags(given: Any) -> Any:
    return [tag for part in _listed(given) for tag in str(part).split(",")]


Tags = Annotated[list[str], BeforeValidator(_tags)]


class Parameters(BaseModel):
    """What translations of texts and of documents have in common."""

    target_lang: str
    source_lang: str | None = None
    formality: Literal["default", "more", "less", "prefer_more", "prefer_less"] = "default"
    glossary_id: str | None = None
    glossary_ids: Annotated[list[str], BeforeValidator(_tags)] = []

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """The parameters of a request. Raises HTTPException 400, worded as DeepL does."""
        for field in UNSUPPORTED:
            if given.get(field):
                raise HTTPException(400, f"Parameter '{field}' is not supported.")
        try:
            wanted = cls.model_validate(given)
        except ValidationError as error:
            fault = error.errors()[0]
            says = "not specified" if fault["type"] == "missing" else "not supported"
            raise HTTPException(400, f"Value for '{fault['loc'][0]}' {says}.") from None
        if wanted.formality in {"more", "less"}:
            raise HTTPException(400, "'formality' is not supported for given 'target_lang'.")
        return wanted

    @property
    def glossaries(self) -> list[str]:
        """The ids of all glossaries."""
        return [*([self.glossary_id] if self.glossary_id else []), *self.glossary_ids]


class TextParameters(Parameters):
    """The parameters of /v2/translate. What only helps DeepL's models (`context`, ...) is taken and changes nothing."""

    text: Annotated[list[str], BeforeValidator(_listed)]
    split_sentences: Literal["0", "1", "nonewlines"] | None = None
    tag_handling: Literal["xml", "html"] | None = None
    ignore_tags: Tags = []
    model_type: Literal["quality_optimized", "latency_optimized", "prefer_quality_optimized"] | None = None

    @property
    def format(self) -> TextFormat:
        """What the texts are; of XML, as of HTML, all tags stay."""
        return "html" if self.tag_handling else "text"

    @property
    def texts(self) -> list[str]:
        """The texts; with `nonewlines`, a line's end is no sentence's end."""
        joined = self.split_sentences == "nonewlines" and not self.tag_handling
        return [" ".join(text.splitlines()) if joined else text for text in self.text]


def source_languages(card: ModelCard) -> Iterator[dict[str, Any]]:
    """The languages translated from, as /v2/languages lists them."""
    for tag in sorted({primary(tag) for tag in card.languages}):
        yield {"language": tag.upper(), "name": name(tag)}


def target_languages(card: ModelCard) -> Iterator[dict[str, Any]]:
    """The languages translated to, as /v2/languages lists them."""
    for tag in sorted(card.languages):
        for code in VARIANTS.get(tag, (tag.upper(),)):
            yield {"language": code, "name": name(code), "supports_formality": False}


def language_code(tag: str, target: str) -> str:
    """The code of a text's language; of a text without one, the target's, in which it stays as it is."""
    return primary(canonical(target) if tag == UNDETERMINED else tag).upper()
