"""POST /v1/summaries."""

from typing import Any, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from service.answering.sources import source_of
from service.answering.tasks import WritingTask
from service.dependencies import AnswersDep
from service.schemas import (
    ARTICLE,
    ArticleRequest,
    BaseResponse,
    Language,
    StrictnessField,
    SupportFields,
    WarningOut,
    example,
    provenance_example,
    provenance_fields,
    support_fields,
)
from summarizer.desk import Desk, Source
from summarizer.editions import Summary, SummarySentence
from summarizer.options import Late, Length, Strictness, Style, SummaryOptions
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class SummaryParameters(BaseModel):
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

    def options(self, target_language: str | None, strictness: Strictness) -> SummaryOptions:
        """What the desk is asked for."""
        return SummaryOptions(
            target_language, self.length, self.max_sentences, self.max_words, self.style, strictness, self.late
        )


class SummaryRequest(ArticleRequest, SummaryParameters):
    """An article to summarise, and how."""

    model_config = example(text=ARTICLE, target_language="en", length="short")

    target_language: Language | None = Field(None, description="The summary's language; by default the article's.")
    strictness: StrictnessField = "repair"


class SentenceOut(SupportFields):
    """One sentence of a summary."""

    text: str

    @classmethod
    def of(cls, written: SummarySentence) -> Self:
        """The desk's sentence as JSON."""
        return cls(text=written.text, **support_fields(written))


class SummaryOut(BaseModel):
    """A summary, whole and by sentence."""

    summary: str
    sentences: list[SentenceOut]
    warnings: list[WarningOut]

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """The desk's summary as JSON."""
        return cls(**_text(summary))


class SummaryResponse(BaseResponse, SummaryOut):
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
                "method": "written",
                "warnings": [],
            }
        ],
        warnings=[],
        **provenance_example(),
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
            **provenance_fields(summary.provenance),
        )


def _text(summary: Summary) -> dict[str, Any]:
    return {
        "summary": summary.text,
        "sentences": [SentenceOut.of(sentence) for sentence in summary.sentences],
        "warnings": WarningOut.of(summary.warnings),
    }


def _write(desk: Desk, wanted: SummaryRequest, source: Source, watch: Watch) -> SummaryResponse:
    options = wanted.options(wanted.target_language, wanted.strictness)
    return SummaryResponse.of(desk.summarise(source, options, model=wanted.model, watch=watch))


TASK = WritingTask("summary", SummaryRequest, source_of, _write)


@router.post("/summaries", response_model=SummaryResponse)
async def summarise(wanted: SummaryRequest, request: Request, answers: AnswersDep) -> Response:
    """A short summary of an article, in any language the models write."""
    return await answers.answer(request, TASK, wanted)
