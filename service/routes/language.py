"""POST /v1/language."""

from typing import Self

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from service.answering.etags import json_with_etag
from service.schemas import example
from summarizer.article import Detection
from summarizer.reading import detect

router = APIRouter(tags=["reading"])


class LanguageRequest(BaseModel):
    """A text whose language is wanted."""

    model_config = example(text="Le chat est sur la table.")

    text: str = Field(min_length=1, description="The text; a sentence or more is told with confidence.")


class CandidateOut(BaseModel):
    """A language the text may be in."""

    language: str
    confidence: float


class LanguageResponse(BaseModel):
    """A text's language."""

    model_config = example(language="fr", confidence=0.99, candidates=[{"language": "fr", "confidence": 0.99}])

    language: str = Field(description="A BCP 47 tag; `und` when it cannot be told.")
    confidence: float = Field(description="From 0 to 1.")
    candidates: list[CandidateOut] = Field(description="The likeliest, best first.")

    @classmethod
    def of(cls, found: Detection) -> Self:
        """The desk's detection as JSON."""
        candidates = [CandidateOut(language=c.language, confidence=c.confidence) for c in found.candidates]
        return cls(language=found.language, confidence=found.confidence, candidates=candidates)


@router.post("/language", response_model=LanguageResponse)
async def language(wanted: LanguageRequest, request: Request) -> Response:
    """Which language a text is in."""
    return json_with_etag(request, LanguageResponse.of(await run_sync(detect, wanted.text)))
