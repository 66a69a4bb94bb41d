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
    """A text whose language is to be detected."""

    model_config = example(text="Le chat est sur la table.")

    text: str = Field(min_length=1, description="The text; detection is reliable from about one sentence on.")


class CandidateOut(BaseModel):
    """A candidate language."""

    language: str
    confidence: float


class LanguageResponse(BaseModel):
    """The detected language of a text."""

    model_config = example(language="fr", confidence=0.99, candidates=[{"language": "fr", "confidence": 0.99}])

    language: str = Field(description="A BCP 47 tag; `und` if the language cannot be detected.")
    confidence: float = Field(description="From 0 to 1.")
    candidates: list[CandidateOut] = Field(description="The most likely languages, best first.")

    @classmethod
    def of(cls, detection: Detection) -> Self:
        """Converts the detector's result."""
        candidates = [CandidateOut(language=c.language, confidence=c.confidence) for c in detection.candidates]
        return cls(language=detection.language, confidence=detection.confidence, candidates=candidates)


@router.post("/language", response_model=LanguageResponse)
async def detect_language(body: LanguageRequest, request: Request) -> Response:
    """Detects the language of a text."""
    return json_with_etag(request, LanguageResponse.of(await run_sync(detect, body.text)))
