"""Batches of prompts."""

from collections.abc import Iterator, Sequence

from models.errors import PromptTooLong


def check_window(lengths: Sequence[int], window: int) -> None:
    """Raises PromptTooLong if a prompt (`lengths` in tokens) fills the window."""
    if lengths and max(lengths) >= window:
        raise PromptTooLong(f"A prompt has {max(lengths)} tokens; the model's window is {window}.")


def by_length(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Yields batches of at most `most` indices, prompts of similar length together and the longest first.

    Similar lengths need little padding; with the longest first, a lack of memory shows immediately.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    for first in range(0, len(order), most):
        yield order[first : first + most]
