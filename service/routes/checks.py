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
    """An article, and a text to check against it, written by a person or by any model."""

    model_config = example(text=ARTICLE, claims=CLAIM)

    claims: Claim | Annotated[list[Claim], Field(min_length=1, max_length=100)] = Field(
        description="The text to check, or up to 100 texts, each of one or more sentences."
    )
    language: Language | None = Field(None, description="The language of the claims; detected for each by default.")
    deadline_ms: int | None = Field(None, gt=0, description="Milliseconds after which the request is abandoned.")


class CheckedSentenceOut(BaseModel):
    """One checked sentence of the claims."""

    text: str
    support: float = Field(
        ge=0,
        le=1,
        description="The weighted share of the sentence that its evidence supports. All words count if the sentence is "
        "in the article's language; otherwise numbers, dates, names and cognates do.",
    )
    evidence: list[Evidence] = Field(description="The passages of the article that support the sentence.")
    findings: list[FindingOut] = Field(description="Claims that the article does not support, or only in weaker form.")

    @classmethod
    def of(cls, checked: CheckedSentence) -> Self:
        """Converts the desk's sentence."""
        return cls(
            text=checked.text,
            support=checked.support,
            evidence=Evidence.of(checked.evidence),
            findings=FindingOut.of(checked.findings),
        )


class CheckResponse(BaseResponse):
    """The sentences of the claims with their support in the article. No model is involved."""

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
                        "message": "The article does not mention 70 percent.",
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
        """Converts the desk's result."""
        return cls(
            source_language=checks.source_language,
            sentences=[CheckedSentenceOut.of(sentence) for sentence in checks.sentences],
            warnings=WarningOut.of(checks.warnings),
            **provenance_fields(checks.provenance),
        )


@router.post("/checks", response_model=CheckResponse)
async def check_text(
    body: CheckRequest, request: Request, desk: DeskDep, thread_pool: ThreadPoolDep, fetcher: FetcherDep
) -> Response:
    """Checks a text against an article: evidence, support and unsupported claims. Needs no model."""
    source = await source_of(body, fetcher)
    claims = [body.claims] if isinstance(body.claims, str) else body.claims
    answer = await thread_pool.run(
        request,
        lambda watch: CheckResponse.of(desk.check(source, claims, language=body.language, watch=watch)),
        body.deadline_ms,
    )
    return json_with_etag(request, answer)
