"""Prompts into batches."""

from collections.abc import Iterator, Sequence

from models.errors import PromptTooLong


def check_window(lengths: Sequence[int], window: int) -> None:
    """Raises PromptTooLong if one of the prompts, lengths in tokens, fills the window."""
    if lengths and max(lengths) >= window:
        raise PromptTooLong(f"A prompt has {max(lengths)} tokens; the model's window is {window}.")


def by_length(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Indices in batches of at most `most`, like lengths together and the longest first.

    Like lengths waste little on padding; with the longest first, running out of memory shows at once.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    for first in range(0, len(order), most):
        yield order[first : first + most]
