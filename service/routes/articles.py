"""POST /v1/articles."""

from typing import Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from service.answering.etags import json_with_etag
from service.answering.sources import source_of
from service.dependencies import DeskDep, FetcherDep, ThreadPoolDep
from service.routes.language import CandidateOut
from service.schemas import ArticleFields, WarningOut, example
from summarizer.article import Article, Kind

router = APIRouter(tags=["reading"])


class ReadArticleRequest(ArticleFields):
    """An article to read."""

    model_config = example(
        text="Share\n\nBridge opens\n\nThe new bridge over the river opened on Monday, the city said.\n\n0:00 / 3:12"
    )

    deadline_ms: int | None = Field(None, gt=0, description="Give up after so many milliseconds.")


class ParagraphOut(BaseModel):
    """A paragraph of the article."""

    kind: Kind
    text: str
    start: int = Field(description="Where it begins in `source`, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    language: str | None = Field(description="Where it differs from the article's.")


class RemovedOut(BaseModel):
    """Something that came with the article and is none of it."""

    text: str
    reason: str = Field(description="Why it was left out, in English.")
    start: int
    end: int


class ArticleResponse(BaseModel):
    """The article as it was read."""

    model_config = example(
        title=None,
        byline=None,
        date=None,
        url=None,
        language="en",
        confidence=0.99,
        candidates=[{"language": "en", "confidence": 0.99}],
        source="Share\n\nThe new bridge over the river opened on Monday, the city said.",
        paragraphs=[
            {
                "kind": "prose",
                "text": "The new bridge over the river opened on Monday, the city said.",
                "start": 7,
                "end": 69,
                "language": None,
            }
        ],
        removed=[{"text": "Share", "reason": "interface of the page", "start": 0, "end": 5}],
        warnings=[],
    )

    title: str | None
    byline: str | None
    date: str | None
    url: str | None = Field(description="Where the page was in the end, for links.")
    language: str = Field(description="A BCP 47 tag; `und` when it cannot be told.")
    confidence: float = Field(description="From 0 to 1; 1 where the caller named the language.")
    candidates: list[CandidateOut]
    source: str = Field(description="What all offsets count in: the text as sent, or the text of the page.")
    paragraphs: list[ParagraphOut]
    removed: list[RemovedOut]
    warnings: list[WarningOut]

    @classmethod
    def of(cls, article: Article) -> Self:
        """The desk's article as JSON."""
        found = article.detection
        return cls(
            title=article.title,
            byline=article.byline,
            date=article.date,
            url=article.url,
            language=found.language,
            confidence=found.confidence,
            candidates=[CandidateOut(language=c.language, confidence=c.confidence) for c in found.candidates],
            source=article.source,
            paragraphs=[
                ParagraphOut(kind=p.kind, text=p.text, start=p.span.start, end=p.span.end, language=p.language)
                for p in article.paragraphs
            ],
            removed=[
                RemovedOut(text=r.text, reason=r.reason, start=r.span.start, end=r.span.end) for r in article.removed
            ],
            warnings=WarningOut.of(article.warnings),
        )


@router.post("/articles", response_model=ArticleResponse)
async def read(
    wanted: ReadArticleRequest, request: Request, desk: DeskDep, thread_pool: ThreadPoolDep, fetcher: FetcherDep
) -> Response:
    """What Lede reads in a page, a paste or a link: the article, its language, and what was left out and why."""
    source = await source_of(wanted, fetcher)
    answer = await thread_pool.run(request, lambda _watch: ArticleResponse.of(desk.read(source)), wanted.deadline_ms)
    return json_with_etag(request, answer)
