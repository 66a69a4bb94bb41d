"""DeepL's parameters as its clients send them: as JSON, or as forms with digits for booleans and commas in lists."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from fastapi import HTTPException
from pydantic import BaseModel, BeforeValidator, ValidationError

from models.card import ModelCard
from summarizer.languages import UNDETERMINED, canonical, name, primary
from summarizer.options import TagOptions, TextFormat, TranslationOptions

ALIASES = {"zh-hans": "zh", "no": "nb"}
"""DeepL's own language codes, with their BCP 47 tags."""

VARIANTS = {"en": ("EN-GB", "EN-US"), "pt": ("PT-BR", "PT-PT"), "zh": ("ZH", "ZH-HANS")}
"""The target codes of languages with regional variants; DeepL's clients reject plain EN and PT as targets."""

UNSUPPORTED = ("context", "custom_instructions", "style_id", "translation_memory_id")
"""Parameters that would change the result and cannot be supported."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _split_commas(value: Any) -> Any:
    return [item for part in _as_list(value) for item in str(part).split(",")]


CommaList = Annotated[list[str], BeforeValidator(_split_commas)]


class Parameters(BaseModel):
    """The parameters shared by translations of texts and of documents."""

    target_lang: str
    source_lang: str | None = None
    formality: Literal["default", "more", "less", "prefer_more", "prefer_less"] = "default"
    glossary_id: str | None = None
    glossary_ids: Annotated[list[str], BeforeValidator(_split_commas)] = []

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Self:
        """Validates the fields of a request. Raises HTTPException 400 with DeepL's messages."""
        for field in UNSUPPORTED:
            if fields.get(field):
                raise HTTPException(400, f"Parameter '{field}' is not supported.")
        try:
            parameters = cls.model_validate(fields)
        except ValidationError as error:
            detail = error.errors()[0]
            reason = "not specified" if detail["type"] == "missing" else "not supported"
            raise HTTPException(400, f"Value for '{detail['loc'][0]}' {reason}.") from None
        if parameters.formality in {"more", "less"}:
            raise HTTPException(400, "'formality' is not supported for given 'target_lang'.")
        return parameters

    @property
    def glossaries(self) -> list[str]:
        """The ids of all glossaries of the request."""
        return [*([self.glossary_id] if self.glossary_id else []), *self.glossary_ids]


class TextParameters(Parameters):
    """The parameters of /v2/translate. `preserve_formatting` needs no field, since formatting is always preserved."""

    text: Annotated[list[str], BeforeValidator(_as_list)]
    split_sentences: Literal["0", "1", "nonewlines"] | None = None
    tag_handling: Literal["xml", "html"] | None = None
    ignore_tags: CommaList = []
    splitting_tags: CommaList = []
    non_splitting_tags: CommaList = []
    outline_detection: bool = True
    model_type: Literal["quality_optimized", "latency_optimized", "prefer_quality_optimized"] | None = None

    @property
    def format(self) -> TextFormat:
        """The format of the texts. XML is treated as HTML, in which unknown elements beside text are inline."""
        return "html" if self.tag_handling else "text"

    def options(self, glossary: tuple[tuple[str, str], ...]) -> TranslationOptions:
        """Returns the options of the translation, with the terms of the request's glossaries."""
        tags = TagOptions(
            _names(self.ignore_tags),
            _names(self.splitting_tags),
            _names(self.non_splitting_tags),
            outline=self.outline_detection,
        )
        return TranslationOptions(self.format, glossary, tags=tags, split_sentences=self.split_sentences != "0")

    @property
    def texts(self) -> list[str]:
        """The texts. With `0` and `nonewlines`, lines are joined, so that a line break ends no sentence."""
        joined = self.split_sentences in {"0", "nonewlines"} and not self.tag_handling
        return [" ".join(text.splitlines()) if joined else text for text in self.text]


def _names(tags: list[str]) -> tuple[str, ...]:
    return tuple(tag.strip().lower() for tag in tags if tag.strip())


def source_languages(card: ModelCard) -> Iterator[dict[str, Any]]:
    """Yields the source languages for /v2/languages."""
    for tag in sorted({primary(tag) for tag in card.languages}):
        yield {"language": tag.upper(), "name": name(tag)}


def target_languages(card: ModelCard) -> Iterator[dict[str, Any]]:
    """Yields the target languages for /v2/languages."""
    for tag in sorted(card.languages):
        for code in VARIANTS.get(tag, (tag.upper(),)):
            yield {"language": code, "name": name(code), "supports_formality": False}


def language_code(tag: str, target: str) -> str:
    """Returns the code of a text's language. A text without a language is not translated, and has the target's code."""
    return primary(canonical(target) if tag == UNDETERMINED else tag).upper()
