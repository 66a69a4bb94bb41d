"""How many text messages a text takes: 3GPP TS 23.038 (alphabet) and 23.040 (segments)."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7-bit default alphabet."""

EXTENDED = frozenset("^{}\\[~]|€\f")
"""Its extension: two septets each."""


def segments(text: str) -> int:
    """Messages that carry the text: in septets where its alphabet allows, else in UTF-16; 0 for no text."""
    if set(text) <= BASIC | EXTENDED:
        return _count([1 + (char in EXTENDED) for char in text], 160, 153)
    return _count([len(char.encode("utf-16-le")) // 2 for char in text], 70, 67)


def _count(sizes: list[int], alone: int, each: int) -> int:
    if sum(sizes) <= alone:
        return int(bool(sizes))
    count, used = 1, 0
    for size in sizes:  # a character of two units is never parted
        if used + size > each:
            count, used = count + 1, 0
        used += size
    return count
