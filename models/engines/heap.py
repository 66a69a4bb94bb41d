"""The heap of the C library."""

import contextlib
import ctypes


def trim_heap() -> None:
    """Returns freed memory to the system. glibc keeps what loading used temporarily: 1.3 GB of 2.2 GB in use."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
