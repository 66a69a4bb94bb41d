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
    """An article whose text is to be extracted."""

    model_config = example(
        text="Share\n\nBridge opens\n\nThe new bridge over the river opened on Monday, the city said.\n\n0:00 / 3:12"
    )

    deadline_ms: int | None = Field(None, gt=0, description="Milliseconds after which the request is abandoned.")


class ParagraphOut(BaseModel):
    """A paragraph of the article."""

    kind: Kind
    text: str
    start: int = Field(description="Where the paragraph starts in `source`, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    language: str | None = Field(description="The language, if it differs from the article's.")


class RemovedOut(BaseModel):
    """A passage of the source that is not part of the article."""

    text: str
    why: str = Field(description="Why it was removed, in English.")
    start: int
    end: int


class ArticleResponse(BaseModel):
    """The extracted article."""

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
        removed=[{"text": "Share", "why": "page interface", "start": 0, "end": 5}],
        warnings=[],
    )

    title: str | None
    byline: str | None
    date: str | None
    url: str | None = Field(description="The address of the page after redirects, for links.")
    language: str = Field(description="A BCP 47 tag; `und` if the language cannot be detected.")
    confidence: float = Field(description="From 0 to 1; 1 if the request named the language.")
    candidates: list[CandidateOut]
    source: str = Field(description="The text that all offsets refer to: the text as sent, or the text of the page.")
    paragraphs: list[ParagraphOut]
    removed: list[RemovedOut]
    warnings: list[WarningOut]

    @classmethod
    def of(cls, article: Article) -> Self:
        """Converts the desk's article."""
        detection = article.detection
        return cls(
            title=article.title,
            byline=article.byline,
            date=article.date,
            url=article.url,
            language=detection.language,
            confidence=detection.confidence,
            candidates=[CandidateOut(language=c.language, confidence=c.confidence) for c in detection.candidates],
            source=article.source,
            paragraphs=[
                ParagraphOut(kind=p.kind, text=p.text, start=p.span.start, end=p.span.end, language=p.language)
                for p in article.paragraphs
            ],
            removed=[
                RemovedOut(text=r.text, why=r.reason, start=r.span.start, end=r.span.end) for r in article.removed
            ],
            warnings=WarningOut.of(article.warnings),
        )


@router.post("/articles", response_model=ArticleResponse)
async def extract_article(
    body: ReadArticleRequest, request: Request, desk: DeskDep, thread_pool: ThreadPoolDep, fetcher: FetcherDep
) -> Response:
    """Extracts the article from a page, a pasted text or a link, with its language and what was removed and why."""
    source = await source_of(body, fetcher)
    answer = await thread_pool.run(request, lambda _watch: ArticleResponse.of(desk.read(source)), body.deadline_ms)
    return json_with_etag(request, answer)
