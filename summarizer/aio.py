"""The desk for asyncio."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from summarizer.article import Article
from summarizer.desk import Desk, Source
from summarizer.editing.correction import Correction, PublishedEdition
from summarizer.editions import Blurbs, Checks, Edition, Editions, Summary, Translations
from summarizer.options import BlurbOptions, EditionOptions, SummaryOptions, TranslationOptions
from summarizer.watch import Watch

T = TypeVar("T")


class AsyncDesk:
    """The methods of Desk as coroutines, which run in threads and raise the same errors.

    Cancelling one stops its work at the next token. Callbacks are called in those threads. As a context manager, it
    unloads the models at the end.
    """

    def __init__(self, desk: Desk | None = None) -> None:
        """Wraps a desk, by default one with the settings of the environment."""
        self._desk = desk or Desk()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Unloads the models."""
        await asyncio.to_thread(self._desk.close)

    async def read(self, source: Source | str) -> Article:
        """Reads the article in a source or a text."""
        return await asyncio.to_thread(self._desk.read, source)

    async def summarise(
        self,
        source: Source | str,
        options: SummaryOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Summary:
        """Summarises an article, like Desk.summarise."""
        return await _run(partial(self._desk.summarise, source, options, language=language, model=model), watch)

    async def editions(
        self,
        source: Source | str,
        options: EditionOptions,
        *,
        model: str | None = None,
        watch: Watch | None = None,
        on_edition: Callable[[Edition], None] = lambda _edition: None,
    ) -> Editions:
        """Writes an article's editions, like Desk.editions."""
        return await _run(partial(self._desk.editions, source, options, model=model, on_edition=on_edition), watch)

    async def correct(
        self,
        old: Source | str,
        new: Source | str,
        options: EditionOptions,
        published: Sequence[PublishedEdition] = (),
        *,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Correction:
        """Compares two versions of an article and rewrites the affected editions, like Desk.correct."""
        return await _run(partial(self._desk.correct, old, new, options, published, model=model), watch)

    async def check(
        self,
        source: Source | str,
        claims: Sequence[str] | str,
        *,
        language: str | None = None,
        watch: Watch | None = None,
    ) -> Checks:
        """Checks texts against an article, like Desk.check."""
        return await _run(partial(self._desk.check, source, claims, language=language), watch)

    async def translate(
        self,
        texts: Sequence[str] | str,
        target_languages: Sequence[str] | str,
        *,
        options: TranslationOptions | None = None,
        source_language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Translations:
        """Translates texts into each language, like Desk.translate."""
        translate = partial(self._desk.translate, texts, target_languages, options=options)
        return await _run(partial(translate, source_language=source_language, model=model), watch)

    async def blurb(
        self,
        source: Source | str,
        options: BlurbOptions | None = None,
        *,
        language: str | None = None,
        model: str | None = None,
        watch: Watch | None = None,
    ) -> Blurbs:
        """Writes notifications about an article, like Desk.blurb."""
        return await _run(partial(self._desk.blurb, source, options, language=language, model=model), watch)


async def _run(call: Callable[..., T], watch: Watch | None) -> T:
    watch = watch or Watch()
    try:
        return await asyncio.to_thread(call, watch=watch)
    except asyncio.CancelledError:
        watch.cancel()
        raise
