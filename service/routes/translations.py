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
    """A text, several, or a page's article, and the languages to put it in."""

    model_config = example(text=ARTICLE, target_language="fr")

    text: str | None = Field(None, description="A text; all of it is translated, paragraphs kept.")
    texts: list[str] | None = Field(None, min_length=1, max_length=1000, description="Several, each in any language.")
    html: str | None = Field(
        None, description="A page; the article in it is translated, or with the format `html` all of it."
    )
    url: str | None = Field(None, description="A link to a page; the article in it is translated.")
    source_language: Language | None = Field(None, description="The texts' language; detected for each by default.")
    target_language: Language | None = Field(None, description="The language to translate to.")
    target_languages: list[Language] | None = Field(None, min_length=1, max_length=50, description="Or several.")
    format: TextFormat = Field(
        "text",
        description="How the texts are written; `html` and `markdown` keep their tags, structure, code and links.",
    )
    glossary: dict[GlossaryTerm, GlossaryTerm] = Field(
        {}, max_length=1000, description="Terms of the source, in whatever form they stand, and their translations."
    )
    keep: list[GlossaryTerm] = Field([], max_length=1000, description="Terms that stay as they are.")

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for names in (("text", "texts", "html", "url"), ("target_language", "target_languages")):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) != 1:
                raise ValueError(
                    f"Send exactly one of {', '.join(names)}, not {' and '.join(given) or 'none of them'}."
                )
        return self

    @model_validator(mode="after")
    def _format_fits(self) -> Self:
        if (self.url is not None and self.format != "text") or (self.html is not None and self.format == "markdown"):
            raise ValueError(f"The format {self.format} is for `text` and `texts`{'' if self.url else ', or html'}.")
        return self

    @property
    def options(self) -> TranslationOptions:
        """What the desk is asked for."""
        return TranslationOptions(self.format, tuple(self.glossary.items()), tuple(self.keep))

    @property
    def targets(self) -> list[str]:
        """The languages to translate to."""
        return self.target_languages or [self.target_language or ""]


class SentencePairOut(BaseModel):
    """A sentence and its translation."""

    index: int | None = Field(
        None, description="Which of several texts it stands in.", exclude_if=lambda index: index is None
    )
    source: str
    target: str
    imported: bool = Field(
        False,
        description="True where no model wrote it: it is of a memory that was imported.",
        exclude_if=lambda imported: not imported,
    )
    warnings: list[WarningOut]


class TranslationOut(BaseModel):
    """The translation in one language: `text`, or `texts` where several were sent."""

    target_language: str
    text: str | None = Field(None, exclude_if=lambda text: text is None)
    texts: list[str] | None = Field(None, exclude_if=lambda texts: texts is None)
    sentences: list[SentencePairOut] = Field(description="Its sentences in order, without markup.")
    warnings: list[WarningOut] = Field(description="What is wrong with any of them.")

    @classmethod
    def of(cls, made: Translation, *, several: bool) -> Self:
        """The desk's translation as JSON."""
        return cls(
            target_language=made.target_language,
            text=None if several else made.texts[0],
            texts=list(made.texts) if several else None,
            sentences=[
                SentencePairOut(
                    index=index if several else None,
                    source=pair.source,
                    target=pair.target,
                    imported=pair.imported,
                    warnings=WarningOut.of(pair.warnings),
                )
                for index, pairs in enumerate(made.sentences)
                for pair in pairs
            ],
            warnings=WarningOut.of(made.warnings),
        )


_PAIR = {"source": "Good morning.", "target": "Bonjour.", "warnings": []}


class TranslationsResponse(BaseResponse):
    """The translation in every language asked for."""

    model_config = example(
        source_language="en",
        translations=[{"target_language": "fr", "text": "Bonjour.", "sentences": [_PAIR], "warnings": []}],
        **provenance_example(),
    )

    source_language: str | None = Field(description="The text's language; of several, where they share one.")
    source_languages: list[str] | None = Field(
        None,
        description="Each text's language, where several were sent.",
        exclude_if=lambda languages: languages is None,
    )
    translations: list[TranslationOut]

    @classmethod
    def of(cls, made: Translations, *, several: bool) -> Self:
        """The desk's translations as JSON."""
        languages = list(made.source_languages)
        return cls(
            source_language=languages[0] if len(set(languages)) == 1 else None,
            source_languages=languages if several else None,
            translations=[TranslationOut.of(translation, several=several) for translation in made.translations],
            **provenance_fields(made.provenance),
        )


async def _page(wanted: TranslationRequest, fetcher: Fetcher) -> Source | None:
    """The page whose article is to be translated, where one was sent or linked."""
    if wanted.url is not None:
        return await fetch_source(wanted.url, fetcher, source_language=wanted.source_language)
    if wanted.html is not None and wanted.format == "text":
        return Source(html=wanted.html, source_language=wanted.source_language)
    return None


def _write(desk: Desk, wanted: TranslationRequest, page: Source | None, watch: Watch) -> TranslationsResponse:
    made = desk.translate(
        [desk.read(page).text] if page else wanted.texts or [wanted.text or wanted.html or ""],
        wanted.targets,
        options=wanted.options,
        source_language=wanted.source_language,
        model=wanted.model,
        watch=watch,
    )
    return TranslationsResponse.of(made, several=wanted.texts is not None)


TASK = WritingTask("translation", TranslationRequest, _page, _write)


@router.post("/translations", response_model=TranslationsResponse)
async def translate(wanted: TranslationRequest, request: Request, answers: AnswersDep) -> Response:
    """Texts in other languages, sentence by sentence, paragraphs kept, nothing left out."""
    return await answers.answer(request, TASK, wanted)
