"""Speculative decoding by prompt lookup: what followed the last tokens earlier is likely to follow again."""

from collections.abc import Callable, Sequence

LONG, SHORT = 3, 2
"""Lengths of the runs that are looked up, the longer one first."""

MAX_DRAFT = 7
"""Maximum tokens per draft: with the token before it eight rows, which a matrix product computes in the time of one."""

MAX_ROWS = 32
"""Maximum rows of all drafts and generating rows together; beyond it, the cost of a step grows with its rows."""

StepCost = Callable[[int], float]
"""The relative cost of a step with this many tokens."""

_SMOOTHING = 0.8  # exponential smoothing of the acceptance rate


class Drafts:
    """Drafts for one row, and their acceptance rate.

    Drafts are compared with the output even while none are tried, so that the rate shows when trying them would
    pay.
    """

    def __init__(self, tokens: Sequence[int], cost: StepCost) -> None:
        self.rate = 0.5
        self._cost = cost
        self._tokens: list[int] = []
        self._places: dict[tuple[int, ...], int] = {}  # runs of tokens to where they last ended
        for token in tokens:
            self._push(token)

    def worthwhile(self, proposed: int, tokens: int) -> bool:
        """Returns whether `proposed` drafted tokens in a step of `tokens` others save more than they cost."""
        return proposed * self.rate / tokens > self._cost(tokens + proposed) / self._cost(tokens) - 1

    def propose(self, writers: int, read: int) -> list[int]:
        """Returns the tokens that may come next, in a step with this many generating rows and prompt tokens.

        Empty if the last tokens have no precedent, or if a draft would not pay.
        """
        most = min(MAX_DRAFT, MAX_ROWS // writers - 1)
        return self._next(most) if most > 0 and self.worthwhile(most * writers, writers + read) else []

    def observe(self, tokens: Sequence[int]) -> None:
        """Adds the tokens that were generated, and measures whether the first would have been proposed."""
        if guess := self._next(1):
            self.rate = _SMOOTHING * self.rate + (1 - _SMOOTHING) * (guess[0] == tokens[0])
        for token in tokens:
            self._push(token)

    def _next(self, most: int) -> list[int]:
        for size in (LONG, SHORT):
            at = self._places.get(tuple(self._tokens[-size:]))
            if at is not None:
                return self._tokens[at : at + most]
        return []

    def _push(self, token: int) -> None:
        # A run is indexed only once a token follows it, so that it does not find itself.
        for size in (LONG, SHORT):
            if len(self._tokens) >= size:
                self._places[tuple(self._tokens[-size:])] = len(self._tokens)
        self._tokens.append(token)
