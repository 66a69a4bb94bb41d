"""The C library's memory."""

import contextlib
import ctypes


def give_back() -> None:
    """Hands freed memory to the system: glibc keeps what loading took beside the weights, 1.3 GB of 2.2 GB in use."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
