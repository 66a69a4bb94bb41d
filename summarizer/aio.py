"""The desk for programs that run on asyncio."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from summarizer.article import Article
from summarizer.desk import Desk, Source
from summarizer.editions import Blurbs, Summary, Translations
from summarizer.options import BlurbOptions, SummaryOptions, TranslationOptions
from summarizer.watch import Watch

T = TypeVar("T")


class AsyncDesk:
    """A desk whose work is awaited. What is cancelled stops at its next token; the same errors are raised.

    Used as a context manager, it gives the models' memory back at the end.
    """

    def __init__(self, desk: Desk | None = None) -> None:
        """Works through `desk`, by default the one that the environment's settings describe."""
        self._desk = desk or Desk()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._desk.close)

    async def read(self, source: Source | str) -> Article:
        """The article in what was sent, or in a text."""
        return await asyncio.to_thread(self._desk.read, source)

    async def summarise(
        self,
        source: Source | str,
        options: SummaryOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
    ) -> Summary:
        """A summary of an article, as Desk.summarise gives it."""
        return await _run(partial(self._desk.summarise, source, options, language=language, model=model))

    async def translate(
        self,
        texts: Sequence[str] | str,
        target_languages: Sequence[str] | str,
        *,
        options: TranslationOptions | None = None,
        source_language: str | None = None,
        model: str | None = None,
    ) -> Translations:
        """Each text in each language, as Desk.translate gives it."""
        job = partial(
            self._desk.translate,
            texts,
            target_languages,
            options=options,
            source_language=source_language,
            model=model,
        )
        return await _run(job)

    async def blurb(
        self,
        source: Source | str,
        options: BlurbOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
    ) -> Blurbs:
        """Notifications about an article, as Desk.blurb gives them."""
        return await _run(partial(self._desk.blurb, source, options, language=language, model=model))


async def _run(job: Callable[..., T]) -> T:
    watch = Watch()
    try:
        return await asyncio.to_thread(job, watch=watch)
    finally:
        watch.cancel()  # of work that is done, it stops nothing
