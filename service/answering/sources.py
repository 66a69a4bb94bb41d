"""A request's article as a source for the desk: the content in the request, or the page behind its link."""

from anyio.to_thread import run_sync

from service.links.fetch import FetchedPage, Fetcher
from service.schemas import ArticleFields
from summarizer.desk import Source
from summarizer.reading.charset import decode


async def source_of(article: ArticleFields, fetcher: Fetcher) -> Source:
    """Returns the article of a request. Raises what fetch_source raises for links."""
    if article.url is None:
        return article.source()
    return await fetch_source(article.url, fetcher, title=article.title, source_language=article.source_language)


async def fetch_source(
    url: str, fetcher: Fetcher, *, title: str | None = None, source_language: str | None = None
) -> Source:
    """Fetches and decodes a page. Raises FetchRefused, FetchFailed, and NotText for an unknown encoding."""
    page = await fetcher.fetch(url)
    return await run_sync(_as_source, page, title, source_language)


def _as_source(page: FetchedPage, title: str | None, source_language: str | None) -> Source:
    content = decode(page.body, page.charset)
    is_plain = page.content_type == "text/plain"
    return Source(
        text=content if is_plain else None,
        html=None if is_plain else content,
        title=title,
        source_language=source_language,
        url=page.url,
    )
