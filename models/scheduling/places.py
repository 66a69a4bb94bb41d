"""Places to wait in, of which nobody can take so many that others find none."""

from collections import Counter
from collections.abc import Iterable


def is_full(owners: Iterable[str], owner: str, more: int, places: int) -> bool:
    """Whether `owner` may not add `more` to what waits already, which is told by whose each is.

    As long as there is room, anyone may take it. Where there is none, an owner who has less than an equal part still
    may, and so may one who has nothing: with n owners, at most 1 + ln(n) times the places are taken, and one call of
    each beyond.
    """
    held = Counter(owners)
    if not held[owner] or held.total() + more <= places:
        return False
    return held[owner] + more > places / len(held)
