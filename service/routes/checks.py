"""POST /v1/checks."""

from typing import Annotated, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from service.answering.etags import json_with_etag
from service.answering.sources import source_of
from service.dependencies import DeskDep, FetcherDep, ThreadPoolDep
from service.schemas import (
    ARTICLE,
    ArticleFields,
    BaseResponse,
    Evidence,
    FindingOut,
    Language,
    WarningOut,
    example,
    provenance_example,
    provenance_fields,
)
from summarizer.checking.findings import CheckedSentence
from summarizer.editions import Checks

router = APIRouter(tags=["checking"])

CLAIM = "The militant group has lost up to 70 percent of the territory it had gained in Iraq."

Claim = Annotated[str, Field(min_length=1)]


class CheckRequest(ArticleFields):
    """An article, and a text about it by a person or any model."""

    model_config = example(text=ARTICLE, claims=CLAIM)

    claims: Claim | Annotated[list[Claim], Field(min_length=1, max_length=100)] = Field(
        description="A text, or up to 100 of them, of one sentence or many."
    )
    language: Language | None = Field(None, description="The claims' language; told from each by default.")
    deadline_ms: int | None = Field(None, gt=0, description="Give up after so many milliseconds.")


class CheckedSentenceOut(BaseModel):
    """One sentence of the claims."""

    text: str
    support: float = Field(
        ge=0,
        le=1,
        description="The share, by weight, of what the sentence says that its evidence says too: every word in the "
        "article's language; numbers, dates, names and kindred words in another.",
    )
    evidence: list[Evidence] = Field(description="Where the article says it.")
    findings: list[FindingOut] = Field(description="What the article does not hold, or holds less strongly.")

    @classmethod
    def of(cls, checked: CheckedSentence) -> Self:
        """The desk's sentence as JSON."""
        return cls(
            text=checked.text,
            support=checked.support,
            evidence=Evidence.of(checked.evidence),
            findings=FindingOut.of(checked.findings),
        )


class CheckResponse(BaseResponse):
    """The claims' sentences, each with its support in the article. No model has a part in it."""

    model_config = example(
        source_language="en",
        sentences=[
            {
                "text": CLAIM,
                "support": 0.77,
                "evidence": [{"start": 141, "end": 278}],
                "findings": [
                    {
                        "kind": "number",
                        "claim": "70 percent",
                        "evidence": None,
                        "message": "The article does not hold 70 percent.",
                    }
                ],
            }
        ],
        warnings=[],
        **{**provenance_example(), "model": "", "signature": "task:check|lede:0.1.0", "timings_ms": {"total": 12.5}},
    )

    source_language: str
    sentences: list[CheckedSentenceOut]
    warnings: list[WarningOut]

    @classmethod
    def of(cls, checks: Checks) -> Self:
        """The desk's checks as JSON."""
        return cls(
            source_language=checks.source_language,
            sentences=[CheckedSentenceOut.of(sentence) for sentence in checks.sentences],
            warnings=WarningOut.of(checks.warnings),
            **provenance_fields(checks.provenance),
        )


@router.post("/checks", response_model=CheckResponse)
async def check(
    wanted: CheckRequest, request: Request, desk: DeskDep, thread_pool: ThreadPoolDep, fetcher: FetcherDep
) -> Response:
    """Whether an article says what a text says: evidence, support, and what it does not hold. Needs no model."""
    source = await source_of(wanted, fetcher)
    claims = [wanted.claims] if isinstance(wanted.claims, str) else wanted.claims
    answer = await thread_pool.run(
        request,
        lambda watch: CheckResponse.of(desk.check(source, claims, language=wanted.language, watch=watch)),
        wanted.deadline_ms,
    )
    return json_with_etag(request, answer)
