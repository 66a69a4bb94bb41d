"""What the processor can do."""

from pathlib import Path

FAST_PRODUCTS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
"""Instruction sets of x86, as Linux names them, with which PyTorch multiplies 8-bit numbers several at a time."""

NATIVE_PRODUCTS = FAST_PRODUCTS | {"avx2"}
"""Those with which the native engine is faster than CTranslate2."""


def instructions() -> frozenset[str]:
    """The names of the instruction sets, as Linux gives them; none where it is another system."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(
        name for line in lines if line.startswith(("flags", "Features")) for name in line.partition(":")[2].split()
    )
