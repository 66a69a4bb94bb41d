"""Rows and passages as the prompts that Lede asks the model with, by its card: `models.prompts.render` makes both."""

from dataclasses import dataclass

from models.card import ModelCard, Task
from models.prompts import Chat, render
from models.protocol import Markup, Prompt, Text
from summarizer.writing.headline import SPACED_WORD
from summarizer.writing.summarise import COUNTS
from training.corpus import Row
from training.shards import Example

SUMMARIES = ((1, 25), (2, 60), (3, 100))
"""Sentences and words that are asked for: a line of a notification, and shorter and longer summaries."""

HEADLINES = (30, 42, 60)
"""Characters: parts of the titles on a phone's screen."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A model's card, and the chat template that came with it."""

    card: ModelCard
    chat: Chat

    def serves(self, row: Row) -> bool:
        """Whether the model is asked for the row's direction at all."""
        return self.card.serves(row.source_language, row.target_language)

    def translation(self, row: Row) -> Example:
        """The row's prompt and its target."""
        prompt = self._render("translate", row.source, row.source_language, row.target_language, notes="")
        return Example(row.direction, _pieces(prompt), row.target, row.origin)

    def summary(self, text: str, turn: int) -> Example:
        """The prompt for a summary of an English text; `turn` chooses among SUMMARIES."""
        count, words = SUMMARIES[turn % len(SUMMARIES)]
        return Example(
            "summarise", _pieces(self._render("summarise", text, "en", sentences=COUNTS[count], words=words))
        )

    def headline(self, text: str, turn: int) -> Example:
        """The prompt for a headline of an English text; `turn` chooses among HEADLINES."""
        characters = HEADLINES[turn % len(HEADLINES)]
        words = characters // SPACED_WORD
        return Example("headline", _pieces(self._render("headline", text, "en", words=words, characters=characters)))

    def _render(self, task: Task, text: str, source: str, target: str | None = None, **fields: object) -> Prompt:
        return render(self.card, self.chat, task, text, source=source, target=target, **fields)


def _pieces(prompt: Prompt) -> tuple[str, ...]:
    """A conversation's markup and texts by turns."""
    for at, piece in enumerate(prompt.pieces):
        assert isinstance(piece, Text if at % 2 else Markup)
    return tuple(piece.text for piece in prompt.pieces if isinstance(piece, Markup | Text))
