"""One language's edition of a story: the formats wanted, each written once for all languages."""

import threading
from collections.abc import Callable, Container
from functools import cached_property
from typing import TypeVar

from summarizer.editing.blurb import BlurbEditor
from summarizer.editing.concurrent import LANGUAGE_ERRORS
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.summary import SummaryEditor
from summarizer.editions import Blurb, Edition, Failure, Translation
from summarizer.options import EditionOptions, Format

T = TypeVar("T")


class EditionEditor:
    """Makes editions of a story, several at once; what they share is written when the first of them needs it."""

    def __init__(
        self, work: Session, story: Story, options: EditionOptions, translated: Callable[[str], Translation]
    ) -> None:
        self._work = work
        self._story = story
        self._options = options
        self._translated = translated
        self._summaries = SummaryEditor(work, story, options.summary)
        self._sharing, self._translating = threading.Lock(), threading.Lock()

    def edition(self, target: str, formats: Container[Format] | None = None) -> Edition:
        """The edition in one language, by default in all the formats wanted, with what failed in it."""
        formats = formats or self._options.formats
        failures: list[Failure] = []

        def made(wanted: Format, make: Callable[[str], T]) -> T | None:
            if wanted not in formats:
                return None
            try:
                return make(target)
            except LANGUAGE_ERRORS as error:
                failures.append(Failure(target, error, wanted))
                return None

        summary = made("summary", self._summaries.summary)
        blurb = made("blurb", self._blurb)
        translation = made("translation", self._translation)
        return Edition(target, summary, blurb, translation, tuple(failures))

    def _blurb(self, target: str) -> Blurb:
        with self._sharing:
            editor = self._blurbs
        return editor.blurb(target)

    def _translation(self, target: str) -> Translation:
        with self._translating:  # a whole article fills the engine's batches, and a queue that others wait in
            return self._translated(target)

    @cached_property
    def _blurbs(self) -> BlurbEditor:
        return BlurbEditor(self._work, self._story, self._options.blurb)
