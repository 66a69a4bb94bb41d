"""Drafting by lookup: what followed the last words when they stood here before is likely to follow again."""

from collections.abc import Callable, Sequence

LONG, SHORT = 3, 2
"""Tokens that must have been there before; the longer run is asked first."""

MOST = 7
"""Tokens proposed at once: with the one before them eight rows, which a product computes in the time of one."""

ROWS = 32
"""Rows of all drafts and writers together; beyond, a step costs as much as its rows."""

Cost = Callable[[int], float]
"""What a step of so many tokens costs, beside steps of other sizes."""

_MEMORY = 0.8  # of the measured rate, kept at each further measurement


class Drafts:
    """Proposals for one row, and how often they were right.

    They are also compared with what is written while none are tried: so it shows when trying them would pay.
    """

    def __init__(self, tokens: Sequence[int], cost: Cost) -> None:
        self.rate = 0.5
        self._cost = cost
        self._tokens: list[int] = []
        self._places: dict[tuple[int, ...], int] = {}  # runs of tokens to where they last ended
        for token in tokens:
            self._push(token)

    def pay(self, proposed: int, tokens: int) -> bool:
        """Whether so many tokens, proposed by all writers in a step of so many others, save more than they cost."""
        return proposed * self.rate / tokens > self._cost(tokens + proposed) / self._cost(tokens) - 1

    def propose(self, writers: int, read: int) -> list[int]:
        """What may come next, beside so many rows that write and tokens that are read.

        Empty where nothing like the last tokens was there, or where it would not pay.
        """
        most = min(MOST, ROWS // writers - 1)
        return self._next(most) if most > 0 and self.pay(most * writers, writers + read) else []

    def learn(self, tokens: Sequence[int]) -> None:
        """Takes the tokens that were written, and measures what would have been proposed for the first of them."""
        if guess := self._next(1):
            self.rate = _MEMORY * self.rate + (1 - _MEMORY) * (guess[0] == tokens[0])
        for token in tokens:
            self._push(token)

    def _next(self, most: int) -> list[int]:
        for size in (LONG, SHORT):
            at = self._places.get(tuple(self._tokens[-size:]))
            if at is not None:
                return self._tokens[at : at + most]
        return []

    def _push(self, token: int) -> None:
        # The run that ends here is entered once something follows it: it is not its own precedent.
        for size in (LONG, SHORT):
            if len(self._tokens) >= size:
                self._places[tuple(self._tokens[-size:])] = len(self._tokens)
        self._tokens.append(token)
