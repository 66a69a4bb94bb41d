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
    """How editions are wanted, whatever their languages."""

    model_config = ConfigDict(extra="forbid")

    summary: SummaryParameters = Field(SummaryParameters(), description="How summaries are wanted.")
    blurb: BlurbParameters = Field(BlurbParameters(), description="How blurbs are wanted.")
    strictness: StrictnessField = "repair"
    glossary: dict[Language, dict[GlossaryTerm, GlossaryTerm]] = Field(
        {},
        max_length=50,
        description="For each language its terms with their translations, the same in all formats of its edition.",
    )
    keep: list[GlossaryTerm] = Field([], max_length=1000, description="Terms that stay as they are in every language.")

    def options(self, target_languages: Iterable[str], formats: Iterable[Format] = FORMATS) -> EditionOptions:
        """What the desk is asked for."""
        return EditionOptions(
            tuple(target_languages),
            tuple(dict.fromkeys(formats)),
            self.summary.options(None, self.strictness),
            self.blurb.options((), self.strictness),
            tuple((language, tuple(terms.items())) for language, terms in self.glossary.items()),
            tuple(self.keep),
        )


class EditionsRequest(ArticleRequest, EditionParameters):
    """An article, and all that is wanted of it."""

    model_config = example(text=ARTICLE, target_languages=["en", "fr"], formats=["summary", "blurb"])

    target_languages: list[Language] = Field(min_length=1, max_length=50, description="One edition for each.")
    formats: list[Format] = Field(
        ["summary", "translation", "blurb"], min_length=1, description="What each edition holds."
    )


class ArticleTranslationOut(BaseModel):
    """The article in one language."""

    title: str | None = Field(description="Where the article has one.")
    text: str
    warnings: list[WarningOut]

    @classmethod
    def of(cls, translation: Translation) -> Self:
        """The desk's translation of a title, if there is one, and a text."""
        *title, text = translation.texts
        return cls(title=title[0] if title else None, text=text, warnings=WarningOut.of(translation.warnings))


class EditionOut(BaseModel):
    """One language's edition: the formats asked for, each null where it was not, or could not be made."""

    target_language: str
    summary: SummaryOut | None
    blurb: BlurbOut | None
    translation: ArticleTranslationOut | None
    failures: list[FailureOut] = Field(description="The formats that could not be made, and why.")

    @classmethod
    def of(cls, edition: Edition, options: EditionOptions, request_id: str) -> Self:
        """The desk's edition as JSON."""
        return cls(
            target_language=edition.target_language,
            summary=edition.summary and SummaryOut.of(edition.summary),
            blurb=edition.blurb and BlurbOut.of(edition.blurb, options.blurb),
            translation=edition.translation and ArticleTranslationOut.of(edition.translation),
            failures=FailureOut.of(edition.failures, request_id),
        )


class EditionsResponse(BaseResponse):
    """An article's editions, in the order asked for."""

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
    def of(cls, made: Editions, options: EditionOptions, request_id: str) -> Self:
        """The desk's editions as JSON."""
        return cls(
            source_language=made.source_language,
            editions=[EditionOut.of(edition, options, request_id) for edition in made.editions],
            **provenance_fields(made.provenance),
        )


def _write(desk: Desk, wanted: EditionsRequest, source: Source, watch: Watch) -> EditionsResponse:
    options = wanted.options(wanted.target_languages, wanted.formats)

    def tell(edition: Edition) -> None:
        watch.edition(EditionOut.of(edition, options, request_id()).model_dump(mode="json"))

    made = desk.editions(source, options, model=wanted.model, watch=watch, on_edition=tell)
    return EditionsResponse.of(made, options, request_id())


TASK = WritingTask("edition", EditionsRequest, source_of, _write)


@router.post("/editions", response_model=EditionsResponse)
async def editions(wanted: EditionsRequest, request: Request, answers: AnswersDep) -> Response:
    """One article in every language and format, in one call: read, written and checked once.

    Streamed, each language's edition is an `edition` event as soon as it is whole.
    """
    return await answers.answer(request, TASK, wanted)
