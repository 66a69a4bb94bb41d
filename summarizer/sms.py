"""The number of SMS segments that a text needs, by 3GPP TS 23.038 (alphabet) and 23.040 (concatenation)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7-bit default alphabet."""

EXTENDED = frozenset("^{}\\[~]|€\f")
"""The extension table of the alphabet; each character takes two septets."""


def segments(text: str) -> int:
    """Returns the number of SMS segments of a text: GSM 7-bit if the alphabet allows it, else UTF-16; 0 if empty."""
    if set(text) <= BASIC | EXTENDED:
        return _count([1 + (char in EXTENDED) for char in text], 160, 153)
    return _count([len(char.encode("utf-16-le")) // 2 for char in text], 70, 67)


def _count(sizes: list[int], single: int, concatenated: int) -> int:
    if sum(sizes) <= single:
        return int(bool(sizes))
    count, used = 1, 0
    for size in sizes:  # a character of two units must not be split between segments
        if used + size > concatenated:
            count, used = count + 1, 0
        used += size
    return count
