"""Renders rows and passages as Lede's own prompts: both use `models.prompts.render` with the model's card."""

from dataclasses import dataclass

from models.card import ModelCard, Task
from models.prompts import Chat, render
from models.protocol import Markup, Prompt, Text
from summarizer.writing.headline import SPACED_WORD
from summarizer.writing.summarise import COUNTS
from training.corpus import CorpusRow
from training.shards import Example

SUMMARIES = ((1, 25), (2, 60), (3, 100))
"""Sentences and words to request: one line of a notification, and shorter and longer summaries."""

HEADLINES = (30, 42, 60)
"""Characters to request: typical title lengths on phones."""


@dataclass(frozen=True, slots=True)
class Prompter:
    """A model's card with its chat template."""

    card: ModelCard
    chat: Chat

    def serves(self, row: CorpusRow) -> bool:
        """Returns whether the model supports the row's direction."""
        return self.card.serves(row.source_language, row.target_language)

    def translation(self, row: CorpusRow) -> Example:
        """Returns the example of a row: its prompt and its target."""
        prompt = self._render("translate", row.source, row.source_language, row.target_language, notes="")
        return Example(row.direction, _pieces(prompt), row.target, row.origin)

    def summary(self, text: str, variant: int) -> Example:
        """Returns the prompt for a summary of an English text; `variant` selects from SUMMARIES."""
        count, words = SUMMARIES[variant % len(SUMMARIES)]
        return Example(
            "summarise", _pieces(self._render("summarise", text, "en", sentences=COUNTS[count], words=words))
        )

    def headline(self, text: str, variant: int) -> Example:
        """Returns the prompt for a headline of an English text; `variant` selects from HEADLINES."""
        characters = HEADLINES[variant % len(HEADLINES)]
        words = characters // SPACED_WORD
        return Example("headline", _pieces(self._render("headline", text, "en", words=words, characters=characters)))

    def _render(self, task: Task, text: str, source: str, target: str | None = None, **fields: object) -> Prompt:
        return render(self.card, self.chat, task, text, source=source, target=target, **fields)


def _pieces(prompt: Prompt) -> tuple[str, ...]:
    """Returns a conversation's alternating markup and texts."""
    for at, piece in enumerate(prompt.pieces):
        assert isinstance(piece, Text if at % 2 else Markup)
    return tuple(piece.text for piece in prompt.pieces if isinstance(piece, Markup | Text))
