"""POST /v1/summaries."""

from typing import Any, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from service.answering.sources import source_of
from service.answering.tasks import Task
from service.dependencies import AnswersHere
from service.schemas import (
    ARTICLE,
    Answer,
    ArticleRequest,
    Checked,
    Language,
    StrictnessField,
    WarningNote,
    checked,
    colophon,
    colophon_example,
    example,
)
from summarizer.desk import Desk, Source
from summarizer.editions import Summary, Written
from summarizer.options import Late, Length, Strictness, Style, SummaryOptions
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class SummaryWishes(BaseModel):
    """How a summary is wanted."""

    model_config = ConfigDict(extra="forbid")

    length: Length = Field("short", description="At most 2 sentences and 50 words, 4 and 100, or 7 and 200.")
    max_sentences: int | None = Field(None, ge=1, le=20, description="Instead of the length's.")
    max_words: int | None = Field(None, ge=5, le=500, description="Instead of the length's; held in every language.")
    style: Style = Field("paragraph", description="A paragraph, a list with bullets, or one headline.")
    late: Late = Field(
        "refuse",
        description="When `deadline_ms` cannot be met: `refuse` at once (504), or `extract`: what is written by then, "
        "or the article's own sentences.",
    )

    def wishes(self, target_language: str | None, strictness: Strictness) -> SummaryOptions:
        """What the desk is asked for."""
        return SummaryOptions(
            target_language, self.length, self.max_sentences, self.max_words, self.style, strictness, self.late
        )


class SummaryRequest(ArticleRequest, SummaryWishes):
    """An article to summarise, and how."""

    model_config = example(text=ARTICLE, target_language="en", length="short")

    target_language: Language | None = Field(None, description="The summary's language; by default the article's.")
    strictness: StrictnessField = "repair"


class SentenceAnswer(Checked):
    """One sentence of a summary."""

    text: str

    @classmethod
    def of(cls, written: Written) -> "SentenceAnswer":
        """The desk's sentence as JSON."""
        return cls(text=written.text, **checked(written))


class SummaryText(BaseModel):
    """A summary, whole and by sentence."""

    summary: str
    sentences: list[SentenceAnswer]
    warnings: list[WarningNote]

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """The desk's summary as JSON."""
        return cls(**_text(summary))


class SummaryAnswer(Answer, SummaryText):
    """A summary in one language, and how it came to be."""

    model_config = example(
        summary="The US-led coalition will intensify its campaign against the Islamic State group.",
        source_language="en",
        target_language="en",
        sentences=[
            {
                "text": "The US-led coalition will intensify its campaign against the Islamic State group.",
                "evidence": [{"start": 0, "end": 139}],
                "support": 0.93,
                "findings": [],
                "rung": "written",
                "warnings": [],
            }
        ],
        warnings=[],
        **colophon_example(),
    )

    source_language: str
    target_language: str

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """The desk's summary as JSON."""
        return cls(
            **_text(summary),
            source_language=summary.source_language,
            target_language=summary.target_language,
            **colophon(summary.colophon),
        )


def _text(summary: Summary) -> dict[str, Any]:
    return {
        "summary": summary.text,
        "sentences": [SentenceAnswer.of(sentence) for sentence in summary.sentences],
        "warnings": WarningNote.of(summary.warnings),
    }


def _write(desk: Desk, wanted: SummaryRequest, source: Source, watch: Watch) -> SummaryAnswer:
    options = wanted.wishes(wanted.target_language, wanted.strictness)
    return SummaryAnswer.of(desk.summarise(source, options, model=wanted.model, watch=watch))


TASK = Task("summary", SummaryRequest, source_of, _write)


@router.post("/summaries", response_model=SummaryAnswer)
async def summarise(wanted: SummaryRequest, request: Request, answers: AnswersHere) -> Response:
    """A short summary of an article, in any language the models write."""
    return await answers.answer(request, TASK, wanted)
