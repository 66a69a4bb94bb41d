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
from summarizer.editing.correction import AffectedFormat, Correction, PublishedEdition, PublishedSentence
from summarizer.editing.revision import Change, VersionSentence
from summarizer.options import EditionOptions, Format
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class _Part(BaseModel):
    # Responses of other endpoints can be sent back unchanged.
    model_config = ConfigDict(extra="ignore")


class ArticleReference(_Part):
    """The old version, identified by an earlier response about it."""

    article_sha256: str = Field(
        pattern="^[0-9a-f]{64}$", description="The `article_sha256` of a response about the article."
    )


class SentenceIn(_Part):
    """A published sentence of a summary."""

    text: str
    evidence: list[Evidence] = []

    def passage(self) -> PublishedSentence:
        """Returns the sentence as the desk's input."""
        return PublishedSentence(self.text, _spans(self.evidence))


class SummaryIn(_Part):
    """A published summary, by sentence."""

    sentences: list[SentenceIn]


class BlurbIn(_Part):
    """A published notification."""

    title: str
    body: str
    evidence: list[Evidence] = []


class TranslationIn(_Part):
    """A published translation of the article."""

    text: str


class EditionIn(_Part):
    """What was published in one language: an edition as returned by `/v1/editions`, or the relevant parts of it."""

    target_language: Language
    summary: SummaryIn | None = None
    blurb: BlurbIn | None = None
    translation: TranslationIn | None = None

    def published(self) -> PublishedEdition:
        """Returns the edition as the desk's input."""
        passages: dict[Format, tuple[PublishedSentence, ...]] = {}
        if self.summary:
            passages["summary"] = tuple(sentence.passage() for sentence in self.summary.sentences)
        if self.blurb:
            evidence = _spans(self.blurb.evidence)
            passages["blurb"] = (PublishedSentence(self.blurb.title), PublishedSentence(self.blurb.body, evidence))
        if self.translation:
            passages["translation"] = (PublishedSentence(self.translation.text),)
        return PublishedEdition(self.target_language, passages)


class CorrectionRequest(BaseRequest, EditionParameters):
    """Two versions of an article, and the editions of the old version."""

    model_config = example(
        old={"text": ARTICLE}, new={"text": ARTICLE.replace("40 percent", "45 percent")}, editions=[]
    )

    old: ArticleReference | ArticleFields = Field(
        description="The old version, or the `article_sha256` of a response about it."
    )
    new: ArticleFields
    editions: list[EditionIn] = Field([], max_length=50, description="The published editions, one per language.")


class PlaceOut(BaseModel):
    """A sentence or a title, and its position in the article; null for a title that was sent separately."""

    text: str
    start: int | None
    end: int | None

    @classmethod
    def at(cls, place: VersionSentence) -> Self:
        """Converts the desk's place."""
        return cls(text=place.text, start=place.span and place.span.start, end=place.span and place.span.end)


class FactChangeOut(BaseModel):
    """A fact as each version states it; null if a version does not mention it."""

    kind: FactKind
    old: str | None
    new: str | None


class ChangeOut(BaseModel):
    """A sentence, or the title, in both versions; null in a version that does not contain it."""

    is_title: bool
    old: PlaceOut | None
    new: PlaceOut | None
    facts: list[FactChangeOut]

    @classmethod
    def of(cls, change: Change) -> Self:
        """Converts the desk's change."""
        return cls(
            is_title=change.is_title,
            old=change.old and PlaceOut.at(change.old),
            new=change.new and PlaceOut.at(change.new),
            facts=[FactChangeOut(kind=fact.kind, old=fact.old, new=fact.new) for fact in change.facts],
        )


class AffectedOut(BaseModel):
    """A format in one language that states something that changed."""

    target_language: str
    format: Format
    passages: list[str] = Field(description="The affected sentences.")

    @classmethod
    def of(cls, affected: AffectedFormat) -> Self:
        """Converts the desk's value."""
        return cls(target_language=affected.target_language, format=affected.format, passages=list(affected.passages))


class CorrectionResponse(BaseResponse):
    """The changes, the affected formats, and new editions of just those formats."""

    model_config = example(
        source_language="en",
        changed=[],
        facts=[{"kind": "number", "old": "40 percent", "new": "45 percent"}],
        affected=[{"target_language": "fr", "format": "summary", "passages": ["Le groupe a perdu 40 % de son…"]}],
        editions=[],
        **provenance_example(),
    )

    source_language: str
    changed: list[ChangeOut]
    facts: list[FactChangeOut] = Field(description="The changed facts of all sentences.")
    affected: list[AffectedOut]
    editions: list[EditionOut]

    @classmethod
    def of(cls, correction: Correction, options: EditionOptions, request_id: str) -> Self:
        """Converts the desk's correction."""
        changes = [ChangeOut.of(change) for change in correction.changes]
        return cls(
            source_language=correction.source_language,
            changed=changes,
            facts=[fact for change in changes for fact in change.facts],
            affected=[AffectedOut.of(affected) for affected in correction.affected],
            editions=[EditionOut.of(edition, options, request_id) for edition in correction.editions],
            **provenance_fields(correction.provenance),
        )


Versions = tuple[Source | str, Source]
"""The old article or its digest, and the new article."""


async def _versions(body: CorrectionRequest, fetcher: Fetcher) -> Versions:
    old = body.old.article_sha256 if isinstance(body.old, ArticleReference) else await source_of(body.old, fetcher)
    return old, await source_of(body.new, fetcher)


def _write(desk: Desk, body: CorrectionRequest, versions: Versions, watch: Watch) -> CorrectionResponse:
    published = [edition.published() for edition in body.editions]
    options = body.options(edition.target_language for edition in body.editions)
    correction = desk.correct(*versions, options, published, model=body.model, watch=watch)
    return CorrectionResponse.of(correction, options, request_id())


TASK = WritingTask("correction", CorrectionRequest, _versions, _write)


@router.post("/corrections", response_model=CorrectionResponse, responses=responses(404))
async def correct_editions(body: CorrectionRequest, request: Request, answers: AnswersDep) -> Response:
    """Compares two versions of an article, and rewrites the editions that the changes affect."""
    return await answers.answer(request, TASK, body)


def _spans(evidence: list[Evidence]) -> tuple[Span, ...]:
    return tuple(Span(span.start, span.end) for span in evidence)
