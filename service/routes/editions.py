"""POST /v1/editions."""

from collections.abc import Iterable
from typing import Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from service.answering.sources import source_of
from service.answering.tasks import WritingTask, request_id
from service.dependencies import AnswersDep
from service.routes.blurbs import BlurbOut, BlurbParameters
from service.routes.summaries import SummaryOut, SummaryParameters
from service.routes.translations import GlossaryTerm
from service.schemas import (
    ARTICLE,
    ArticleRequest,
    BaseResponse,
    FailureOut,
    Language,
    StrictnessField,
    WarningOut,
    example,
    provenance_example,
    provenance_fields,
)
from summarizer.desk import Desk, Source
from summarizer.editions import Edition, Editions, Translation
from summarizer.options import FORMATS, EditionOptions, Format
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class EditionParameters(BaseModel):
    """The options of editions, for all languages."""

    model_config = ConfigDict(extra="forbid")

    summary: SummaryParameters = Field(SummaryParameters(), description="The options of summaries.")
    blurb: BlurbParameters = Field(BlurbParameters(), description="The options of notifications.")
    strictness: StrictnessField = "repair"
    glossary: dict[Language, dict[GlossaryTerm, GlossaryTerm]] = Field(
        {},
        max_length=50,
        description="For each target language, terms of the article and their translations, used in all formats.",
    )
    keep: list[GlossaryTerm] = Field([], max_length=1000, description="Terms that are not translated, in any language.")

    def options(self, target_languages: Iterable[str], formats: Iterable[Format] = FORMATS) -> EditionOptions:
        """Returns the desk's options."""
        return EditionOptions(
            tuple(target_languages),
            tuple(dict.fromkeys(formats)),
            self.summary.options(None, self.strictness),
            self.blurb.options((), self.strictness),
            tuple((language, tuple(terms.items())) for language, terms in self.glossary.items()),
            tuple(self.keep),
        )


class EditionsRequest(ArticleRequest, EditionParameters):
    """An article, with the target languages, the formats and their options."""

    model_config = example(text=ARTICLE, target_languages=["en", "fr"], formats=["summary", "blurb"])

    target_languages: list[Language] = Field(min_length=1, max_length=50, description="One edition for each.")
    formats: list[Format] = Field(
        ["summary", "translation", "blurb"], min_length=1, description="The formats of each edition."
    )


class ArticleTranslationOut(BaseModel):
    """The translation of the article."""

    title: str | None = Field(description="The translated title, if the article has one.")
    text: str
    warnings: list[WarningOut]

    @classmethod
    def of(cls, translation: Translation) -> Self:
        """Converts the desk's translation of a text, or of a title and a text."""
        *title, text = translation.texts
        return cls(title=title[0] if title else None, text=text, warnings=WarningOut.of(translation.warnings))


class EditionOut(BaseModel):
    """The edition in one language; a format is null if it was not requested or failed."""

    target_language: str
    summary: SummaryOut | None
    blurb: BlurbOut | None
    translation: ArticleTranslationOut | None
    failures: list[FailureOut] = Field(description="The formats that failed, and why.")

    @classmethod
    def of(cls, edition: Edition, options: EditionOptions, request_id: str) -> Self:
        """Converts the desk's edition."""
        return cls(
            target_language=edition.target_language,
            summary=edition.summary and SummaryOut.of(edition.summary),
            blurb=edition.blurb and BlurbOut.of(edition.blurb, options.blurb),
            translation=edition.translation and ArticleTranslationOut.of(edition.translation),
            failures=FailureOut.of(edition.failures, request_id),
        )


class EditionsResponse(BaseResponse):
    """The editions of an article, in the order of the requested languages."""

    model_config = example(
        source_language="en",
        editions=[
            {
                "target_language": "fr",
                "summary": {"summary": "La coalition…", "sentences": [], "warnings": []},
                "blurb": None,
                "translation": None,
                "failures": [],
            }
        ],
        **provenance_example(),
    )

    source_language: str
    editions: list[EditionOut]

    @classmethod
    def of(cls, result: Editions, options: EditionOptions, request_id: str) -> Self:
        """Converts the desk's editions."""
        return cls(
            source_language=result.source_language,
            editions=[EditionOut.of(edition, options, request_id) for edition in result.editions],
            **provenance_fields(result.provenance),
        )


def _write(desk: Desk, body: EditionsRequest, source: Source, watch: Watch) -> EditionsResponse:
    options = body.options(body.target_languages, body.formats)

    def send(edition: Edition) -> None:
        watch.edition(EditionOut.of(edition, options, request_id()).model_dump(mode="json"))

    result = desk.editions(source, options, model=body.model, watch=watch, on_edition=send)
    return EditionsResponse.of(result, options, request_id())


TASK = WritingTask("edition", EditionsRequest, source_of, _write)


@router.post("/editions", response_model=EditionsResponse)
async def write_editions(body: EditionsRequest, request: Request, answers: AnswersDep) -> Response:
    """Returns one article in every language and format; it is read, summarised and checked once.

    If streamed, each edition is sent as an `edition` event as soon as it is complete.
    """
    return await answers.answer(request, TASK, body)
