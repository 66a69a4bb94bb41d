"""POST /v1/translations."""

from typing import Annotated, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from service.answering.sources import fetch_source
from service.answering.tasks import WritingTask
from service.dependencies import AnswersDep
from service.links.fetch import Fetcher
from service.schemas import (
    ARTICLE,
    BaseRequest,
    BaseResponse,
    Language,
    WarningOut,
    example,
    provenance_example,
    provenance_fields,
)
from summarizer.desk import Desk, Source
from summarizer.editions import Translation, Translations
from summarizer.options import TextFormat, TranslationOptions
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])

GlossaryTerm = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class TranslationRequest(BaseRequest):
    """One or more texts, or the article of a page, and the target languages."""

    model_config = example(text=ARTICLE, target_language="fr")

    text: str | None = Field(None, description="A text, translated in full with its paragraphs.")
    texts: list[str] | None = Field(
        None, min_length=1, max_length=1000, description="Several texts; their languages may differ."
    )
    html: str | None = Field(
        None, description="An HTML page. Its article is translated, or all of it with the format `html`."
    )
    url: str | None = Field(None, description="The URL of a page whose article is translated.")
    source_language: Language | None = Field(
        None, description="The language of the texts; detected for each by default."
    )
    target_language: Language | None = Field(None, description="The target language.")
    target_languages: list[Language] | None = Field(
        None, min_length=1, max_length=50, description="Several target languages."
    )
    format: TextFormat = Field(
        "text",
        description="The format of the texts; `html` and `markdown` preserve tags, structure, code and links.",
    )
    glossary: dict[GlossaryTerm, GlossaryTerm] = Field(
        {}, max_length=1000, description="Terms of the source, matched in every inflected form, and their translations."
    )
    keep: list[GlossaryTerm] = Field([], max_length=1000, description="Terms that are not translated.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for names in (("text", "texts", "html", "url"), ("target_language", "target_languages")):
            present = [name for name in names if getattr(self, name) is not None]
            if len(present) != 1:
                raise ValueError(
                    f"Send exactly one of {', '.join(names)}, not {' and '.join(present) or 'none of them'}."
                )
        return self

    @model_validator(mode="after")
    def _format_fits(self) -> Self:
        if (self.url is not None and self.format != "text") or (self.html is not None and self.format == "markdown"):
            raise ValueError(f"The format {self.format} is for `text` and `texts`{'' if self.url else ', or html'}.")
        return self

    @property
    def options(self) -> TranslationOptions:
        """The desk's options."""
        return TranslationOptions(self.format, tuple(self.glossary.items()), tuple(self.keep))

    @property
    def targets(self) -> list[str]:
        """The target languages."""
        return self.target_languages or [self.target_language or ""]


class SentencePairOut(BaseModel):
    """A sentence and its translation."""

    index: int | None = Field(
        None, description="The index of the text, if several were sent.", exclude_if=lambda index: index is None
    )
    source: str
    target: str
    imported: bool = Field(
        False,
        description="True if the translation comes from an imported translation memory rather than a model.",
        exclude_if=lambda imported: not imported,
    )
    warnings: list[WarningOut]


class TranslationOut(BaseModel):
    """The translation into one language: `text`, or `texts` if several were sent."""

    target_language: str
    text: str | None = Field(None, exclude_if=lambda text: text is None)
    texts: list[str] | None = Field(None, exclude_if=lambda texts: texts is None)
    sentences: list[SentencePairOut] = Field(description="The sentences in order, without markup.")
    warnings: list[WarningOut] = Field(description="The warnings of all sentences.")

    @classmethod
    def of(cls, translation: Translation, *, several: bool) -> Self:
        """Converts the desk's translation."""
        return cls(
            target_language=translation.target_language,
            text=None if several else translation.texts[0],
            texts=list(translation.texts) if several else None,
            sentences=[
                SentencePairOut(
                    index=index if several else None,
                    source=pair.source,
                    target=pair.target,
                    imported=pair.imported,
                    warnings=WarningOut.of(pair.warnings),
                )
                for index, pairs in enumerate(translation.sentences)
                for pair in pairs
            ],
            warnings=WarningOut.of(translation.warnings),
        )


_PAIR = {"source": "Good morning.", "target": "Bonjour.", "warnings": []}


class TranslationsResponse(BaseResponse):
    """The translations into all target languages."""

    model_config = example(
        source_language="en",
        translations=[{"target_language": "fr", "text": "Bonjour.", "sentences": [_PAIR], "warnings": []}],
        **provenance_example(),
    )

    source_language: str | None = Field(
        description="The language of the text; null for several texts in different languages."
    )
    source_languages: list[str] | None = Field(
        None,
        description="The language of each text, if several were sent.",
        exclude_if=lambda languages: languages is None,
    )
    translations: list[TranslationOut]

    @classmethod
    def of(cls, result: Translations, *, several: bool) -> Self:
        """Converts the desk's translations."""
        languages = list(result.source_languages)
        return cls(
            source_language=languages[0] if len(set(languages)) == 1 else None,
            source_languages=languages if several else None,
            translations=[TranslationOut.of(translation, several=several) for translation in result.translations],
            **provenance_fields(result.provenance),
        )


async def _page(body: TranslationRequest, fetcher: Fetcher) -> Source | None:
    """Returns the page whose article is to be translated; None if texts were sent."""
    if body.url is not None:
        return await fetch_source(body.url, fetcher, source_language=body.source_language)
    if body.html is not None and body.format == "text":
        return Source(html=body.html, source_language=body.source_language)
    return None


def _write(desk: Desk, body: TranslationRequest, page: Source | None, watch: Watch) -> TranslationsResponse:
    result = desk.translate(
        [desk.read(page).text] if page else body.texts or [body.text or body.html or ""],
        body.targets,
        options=body.options,
        source_language=body.source_language,
        model=body.model,
        watch=watch,
    )
    return TranslationsResponse.of(result, several=body.texts is not None)


TASK = WritingTask("translation", TranslationRequest, _page, _write)


@router.post("/translations", response_model=TranslationsResponse)
async def translate_texts(body: TranslationRequest, request: Request, answers: AnswersDep) -> Response:
    """Translates texts sentence by sentence, with their paragraphs and without omissions."""
    return await answers.answer(request, TASK, body)
