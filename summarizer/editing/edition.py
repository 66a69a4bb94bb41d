"""One language's edition of a story: the formats wanted, each written once for all languages."""

from collections.abc import Callable, Container
from functools import cached_property
from typing import TypeVar

from summarizer.editing.blurb import BlurbEditor
from summarizer.editing.each import HARMLESS
from summarizer.editing.story import Story
from summarizer.editing.summary import SummaryEditor
from summarizer.editions import Blurb, Edition, Failure, Summary, Translation
from summarizer.options import EditionOptions, Format
from summarizer.work import Work

T = TypeVar("T")


class EditionEditor:
    """Makes editions of a story; what they share is written when the first of them needs it."""

    def __init__(
        self, work: Work, story: Story, options: EditionOptions, translated: Callable[[str], Translation]
    ) -> None:
        self._work = work
        self._story = story
        self._options = options
        self._translated = translated

    def edition(self, target: str, formats: Container[Format] | None = None) -> Edition:
        """The edition in one language, by default in all the formats wanted, with what failed in it."""
        formats = formats or self._options.formats
        failures: list[Failure] = []

        def made(wanted: Format, make: Callable[[str], T]) -> T | None:
            if wanted not in formats:
                return None
            try:
                return make(target)
            except HARMLESS as error:
                failures.append(Failure(target, error, wanted))
                return None

        summary = made("summary", self._summary)
        blurb = made("blurb", self._blurb)
        translation = made("translation", self._translated)
        return Edition(target, summary, blurb, translation, tuple(failures))

    def _summary(self, target: str) -> Summary:
        return self._summaries.summary(target)

    def _blurb(self, target: str) -> Blurb:
        return self._blurbs.blurb(target)

    @cached_property
    def _summaries(self) -> SummaryEditor:
        return SummaryEditor(self._work, self._story, self._options.summary)

    @cached_property
    def _blurbs(self) -> BlurbEditor:
        return BlurbEditor(self._work, self._story, self._options.blurb)
