"""POST /v1/language."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from service.answering.etags import told
from service.schemas import example
from summarizer.article import Detection
from summarizer.reading import detect

router = APIRouter(tags=["reading"])


class LanguageRequest(BaseModel):
    """A text whose language is wanted."""

    model_config = example(text="Le chat est sur la table.")

    text: str = Field(min_length=1, description="The text; a sentence or more is told with confidence.")


class CandidateAnswer(BaseModel):
    """A language the text may be in."""

    language: str
    confidence: float


class LanguageAnswer(BaseModel):
    """A text's language."""

    model_config = example(language="fr", confidence=0.99, candidates=[{"language": "fr", "confidence": 0.99}])

    language: str = Field(description="A BCP 47 tag; `und` when it cannot be told.")
    confidence: float = Field(description="From 0 to 1.")
    candidates: list[CandidateAnswer] = Field(description="The likeliest, best first.")

    @classmethod
    def of(cls, found: Detection) -> "LanguageAnswer":
        """The desk's detection as JSON."""
        candidates = [CandidateAnswer(language=c.language, confidence=c.confidence) for c in found.candidates]
        return cls(language=found.language, confidence=found.confidence, candidates=candidates)


@router.post("/language", response_model=LanguageAnswer)
async def language(wanted: LanguageRequest, request: Request) -> Response:
    """Which language a text is in."""
    return told(request, LanguageAnswer.of(await run_sync(detect, wanted.text)))
