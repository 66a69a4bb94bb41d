"""Editions of a story: the requested formats in one language; what languages share is written once."""

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
    """Writes the editions of a story, concurrently; shared drafts are written when the first edition needs them."""

    def __init__(
        self, session: Session, story: Story, options: EditionOptions, translate: Callable[[str], Translation]
    ) -> None:
        self._session = session
        self._story = story
        self._options = options
        self._translate = translate
        self._summaries = SummaryEditor(session, story, options.summary)
        self._blurb_lock, self._translation_lock = threading.Lock(), threading.Lock()

    def edition(self, target: str, formats: Container[Format] | None = None) -> Edition:
        """Returns the edition in one language, by default in all requested formats, with its failures."""
        formats = formats or self._options.formats
        failures: list[Failure] = []

        def write(name: Format, writer: Callable[[str], T]) -> T | None:
            if name not in formats:
                return None
            try:
                return writer(target)
            except LANGUAGE_ERRORS as error:
                failures.append(Failure(target, error, name))
                return None

        summary = write("summary", self._summaries.summary)
        blurb = write("blurb", self._blurb)
        translation = write("translation", self._translation)
        return Edition(target, summary, blurb, translation, tuple(failures))

    def _blurb(self, target: str) -> Blurb:
        with self._blurb_lock:
            editor = self._blurbs
        return editor.blurb(target)

    def _translation(self, target: str) -> Translation:
        with self._translation_lock:  # one article fills the engine's batches; more would only lengthen the queue
            return self._translate(target)

    @cached_property
    def _blurbs(self) -> BlurbEditor:
        return BlurbEditor(self._session, self._story, self._options.blurb)
