"""Fair use of a bounded queue."""

from collections import Counter
from collections.abc import Iterable


def is_full(owners: Iterable[str], owner: str, more: int, places: int) -> bool:
    """Returns whether `owner` may not add `more` items to the queue, given the owner of each waiting item.

    While there are free places, any owner may use them. Once they are exhausted, an owner with less than an equal
    share, or with nothing in the queue, may still add. With n owners, the queue then exceeds `places` by a factor
    of at most 1 + ln(n), plus one call per owner.
    """
    used = Counter(owners)
    if not used[owner] or used.total() + more <= places:
        return False
    return used[owner] + more > places / len(used)
