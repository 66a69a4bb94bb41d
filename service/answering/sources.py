"""A request's article as the desk takes it: what was sent, or what its link leads to."""

from anyio.to_thread import run_sync

from service.links.fetch import FetchedPage, Fetcher
from service.schemas import ArticleFields
from summarizer.desk import Source
from summarizer.reading.charset import decode


async def source_of(wanted: ArticleFields, fetcher: Fetcher) -> Source:
    """The article of a request. Raises FetchRefused and FetchFailed for links."""
    if wanted.url is None:
        return wanted.source()
    return await fetch_source(wanted.url, fetcher, title=wanted.title, source_language=wanted.source_language)


async def fetch_source(
    url: str, fetcher: Fetcher, *, title: str | None = None, source_language: str | None = None
) -> Source:
    """The page behind a link. Raises FetchRefused and FetchFailed, and NotText for bytes in no charset."""
    fetched = await fetcher.fetch(url)
    return await run_sync(_as_source, fetched, title, source_language)


def _as_source(fetched: FetchedPage, title: str | None, source_language: str | None) -> Source:
    content = decode(fetched.body, fetched.charset)
    plain = fetched.content_type == "text/plain"
    return Source(
        text=content if plain else None,
        html=None if plain else content,
        title=title,
        source_language=source_language,
        url=fetched.url,
    )
