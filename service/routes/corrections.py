"""POST /v1/corrections."""

from typing import Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from service.answering.sources import source_of
from service.answering.tasks import WritingTask, request_id
from service.dependencies import AnswersDep
from service.errors import responses
from service.links.fetch import Fetcher
from service.routes.editions import EditionOut, EditionParameters
from service.schemas import (
    ARTICLE,
    ArticleFields,
    BaseRequest,
    BaseResponse,
    Evidence,
    Language,
    example,
    provenance_example,
    provenance_fields,
)
from summarizer.article import Span
from summarizer.checking.facts import FactKind
from summarizer.desk import Desk, Source
from summarizer.editing.correction import Affected, Correction, Given, Passage
from summarizer.editing.revision import Change, Place
from summarizer.options import EditionOptions, Format
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class _Part(BaseModel):
    # What the other endpoints answered can be sent back as it is.
    model_config = ConfigDict(extra="ignore")


class ArticleReference(_Part):
    """The old version, by what an answer about it said."""

    article_sha256: str = Field(pattern="^[0-9a-f]{64}$", description="As an answer named the article.")


class SentenceIn(_Part):
    """A sentence of a summary."""

    text: str
    evidence: list[Evidence] = []

    def passage(self) -> Passage:
        """As the desk takes it."""
        return Passage(self.text, _spans(self.evidence))


class SummaryIn(_Part):
    """A summary, by sentence."""

    sentences: list[SentenceIn]


class BlurbIn(_Part):
    """A notification."""

    title: str
    body: str
    evidence: list[Evidence] = []


class TranslationIn(_Part):
    """A translation of the whole article."""

    text: str


class EditionIn(_Part):
    """What was given out in one language: an edition as `/v1/editions` answered it, or the parts that matter."""

    target_language: Language
    summary: SummaryIn | None = None
    blurb: BlurbIn | None = None
    translation: TranslationIn | None = None

    def given(self) -> Given:
        """As the desk takes it."""
        passages: dict[Format, tuple[Passage, ...]] = {}
        if self.summary:
            passages["summary"] = tuple(sentence.passage() for sentence in self.summary.sentences)
        if self.blurb:
            evidence = _spans(self.blurb.evidence)
            passages["blurb"] = (Passage(self.blurb.title), Passage(self.blurb.body, evidence))
        if self.translation:
            passages["translation"] = (Passage(self.translation.text),)
        return Given(self.target_language, passages)


class CorrectionRequest(BaseRequest, EditionParameters):
    """Two versions of an article, and the editions that were made of the old one."""

    model_config = example(
        old={"text": ARTICLE}, new={"text": ARTICLE.replace("40 percent", "45 percent")}, editions=[]
    )

    old: ArticleReference | ArticleFields = Field(description="The old version, or the receipt of an answer about it.")
    new: ArticleFields
    editions: list[EditionIn] = Field([], max_length=50, description="What was given out, one entry a language.")


class PlaceOut(BaseModel):
    """A sentence or a title, and where it stands in its version of the article; null for a title sent beside it."""

    text: str
    start: int | None
    end: int | None

    @classmethod
    def at(cls, place: Place) -> Self:
        """The desk's place as JSON."""
        return cls(text=place.text, start=place.span and place.span.start, end=place.span and place.span.end)


class FactChangeOut(BaseModel):
    """A fact as each version states it; null where a version does not."""

    kind: FactKind
    old: str | None
    new: str | None


class ChangeOut(BaseModel):
    """A sentence, or the title, as it was and as it is; null where it was not, or is no more."""

    is_title: bool
    old: PlaceOut | None
    new: PlaceOut | None
    facts: list[FactChangeOut]

    @classmethod
    def of(cls, change: Change) -> Self:
        """The desk's change as JSON."""
        return cls(
            is_title=change.is_title,
            old=change.old and PlaceOut.at(change.old),
            new=change.new and PlaceOut.at(change.new),
            facts=[FactChangeOut(kind=fact.kind, old=fact.old, new=fact.new) for fact in change.facts],
        )


class AffectedOut(BaseModel):
    """A format in one language that says something that changed."""

    target_language: str
    format: Format
    passages: list[str] = Field(description="The sentences that do.")

    @classmethod
    def of(cls, hit: Affected) -> Self:
        """The desk's value as JSON."""
        return cls(target_language=hit.target_language, format=hit.format, passages=list(hit.passages))


class CorrectionResponse(BaseResponse):
    """What changed, what it touches, and what was written again: only the formats that a change touches."""

    model_config = example(
        source_language="en",
        changes=[],
        facts=[{"kind": "number", "old": "40 percent", "new": "45 percent"}],
        affected=[{"target_language": "fr", "format": "summary", "passages": ["Le groupe a perdu 40 % de son…"]}],
        editions=[],
        **provenance_example(),
    )

    source_language: str
    changes: list[ChangeOut]
    facts: list[FactChangeOut] = Field(description="The facts of all changed sentences.")
    affected: list[AffectedOut]
    editions: list[EditionOut]

    @classmethod
    def of(cls, made: Correction, options: EditionOptions, request_id: str) -> Self:
        """The desk's correction as JSON."""
        changes = [ChangeOut.of(change) for change in made.changes]
        return cls(
            source_language=made.source_language,
            changes=changes,
            facts=[fact for change in changes for fact in change.facts],
            affected=[AffectedOut.of(hit) for hit in made.affected],
            editions=[EditionOut.of(edition, options, request_id) for edition in made.editions],
            **provenance_fields(made.provenance),
        )


Versions = tuple[Source | str, Source]
"""The old article, or the digest that names it, and the new one."""


async def _versions(wanted: CorrectionRequest, fetcher: Fetcher) -> Versions:
    old = (
        wanted.old.article_sha256 if isinstance(wanted.old, ArticleReference) else await source_of(wanted.old, fetcher)
    )
    return old, await source_of(wanted.new, fetcher)


def _write(desk: Desk, wanted: CorrectionRequest, versions: Versions, watch: Watch) -> CorrectionResponse:
    given, options = (
        [edition.given() for edition in wanted.editions],
        wanted.options(edition.target_language for edition in wanted.editions),
    )
    made = desk.correct(*versions, options, given, model=wanted.model, watch=watch)
    return CorrectionResponse.of(made, options, request_id())


TASK = WritingTask("correction", CorrectionRequest, _versions, _write)


@router.post("/corrections", response_model=CorrectionResponse, responses=responses(404))
async def correct(wanted: CorrectionRequest, request: Request, answers: AnswersDep) -> Response:
    """What changed between two versions of an article, which editions it touches, and those written again."""
    return await answers.answer(request, TASK, wanted)


def _spans(evidence: list[Evidence]) -> tuple[Span, ...]:
    return tuple(Span(one.start, one.end) for one in evidence)
