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
from summarizer.options import LatePolicy, Length, Strictness, Style, SummaryOptions
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class SummaryParameters(BaseModel):
    """The options of a summary."""

    model_config = ConfigDict(extra="forbid")

    length: Length = Field("short", description="At most 2 sentences and 50 words, 4 and 100, or 7 and 200.")
    max_sentences: int | None = Field(None, ge=1, le=20, description="Overrides the limit of `length`.")
    max_words: int | None = Field(
        None, ge=5, le=500, description="Overrides the limit of `length`; applies to every language."
    )
    style: Style = Field("paragraph", description="A paragraph, a bulleted list, or one headline.")
    late: LatePolicy = Field(
        "refuse",
        description="What to do when `deadline_ms` cannot be met: `refuse` fails immediately (504); `extract` returns "
        "what was written by then, or sentences copied from the article.",
    )

    def options(self, target_language: str | None, strictness: Strictness) -> SummaryOptions:
        """Returns the desk's options."""
        return SummaryOptions(
            target_language, self.length, self.max_sentences, self.max_words, self.style, strictness, self.late
        )


class SummaryRequest(ArticleRequest, SummaryParameters):
    """An article to summarise, with the options of the summary."""

    model_config = example(text=ARTICLE, target_language="en", length="short")

    target_language: Language | None = Field(
        None, description="The language of the summary; by default that of the article."
    )
    strictness: StrictnessField = "repair"


class SentenceOut(SupportFields):
    """One sentence of a summary."""

    text: str

    @classmethod
    def of(cls, sentence: SummarySentence) -> Self:
        """Converts the desk's sentence."""
        return cls(text=sentence.text, **support_fields(sentence))


class SummaryOut(BaseModel):
    """A summary: its text and its sentences."""

    summary: str
    sentences: list[SentenceOut]
    warnings: list[WarningOut]

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """Converts the desk's summary."""
        return cls(**_text(summary))


class SummaryResponse(BaseResponse, SummaryOut):
    """A summary in one language, with its provenance."""

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
        """Converts the desk's summary."""
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


def _write(desk: Desk, body: SummaryRequest, source: Source, watch: Watch) -> SummaryResponse:
    options = body.options(body.target_language, body.strictness)
    return SummaryResponse.of(desk.summarise(source, options, model=body.model, watch=watch))


TASK = WritingTask("summary", SummaryRequest, source_of, _write)


@router.post("/summaries", response_model=SummaryResponse)
async def summarise_article(body: SummaryRequest, request: Request, answers: AnswersDep) -> Response:
    """Summarises an article in any language that the models support."""
    return await answers.answer(request, TASK, body)
