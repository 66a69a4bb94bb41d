"""The instruction sets of the processor."""

from pathlib import Path

FAST_INT8 = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
"""x86 instruction sets, as Linux names them, with which PyTorch computes fast int8 dot products."""

NATIVE_INT8 = FAST_INT8 | {"avx2"}
"""Instruction sets with which the native engine is faster than CTranslate2."""


def instruction_sets() -> frozenset[str]:
    """Returns the instruction sets, as Linux names them; empty on other systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(
        name for line in lines if line.startswith(("flags", "Features")) for name in line.partition(":")[2].split()
    )
