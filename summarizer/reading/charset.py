"""Decodes bytes to text with their actual charset, which is not always the declared one."""

import codecs

import charset_normalizer
import regex

from summarizer.errors import NotText

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
         codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip
_META = regex.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})|<\?xml[^>]{0,80}encoding=[\"']([\w-]{2,40})", regex.I
)
_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
            "shift_jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "x-sjis": "cp932"}  # fmt: skip
"""Labels that the WHATWG Encoding Standard maps to a superset of the charset they name."""

DECLARATION_BYTES = 4_096
"""Leading bytes that are searched for the page's charset declaration (HTML requires it in the first 1,024)."""

SAMPLE_BYTES = 64_000
"""Bytes that charset detection looks at."""


def decode(data: bytes, declared: str | None = None) -> str:
    """Returns the text of the bytes.

    Tries in this order: a byte-order mark, the charset `declared` by an HTTP header, the charset declared in the page,
    UTF-8, and charset detection. Raises NotText if the bytes are not text in any known charset.
    """
    for bom, charset in _BOMS.items():
        if data.startswith(bom):
            return data.decode(charset, "replace")
    for label in (declared, _declared_in_page(data), "utf-8"):
        if label and (text := _decode_as(data, label)) is not None:
            return text
    return _decode_detected(data)


def _declared_in_page(data: bytes) -> str | None:
    match = _META.search(data, 0, DECLARATION_BYTES)
    return (match[1] or match[2]).decode("ascii") if match else None


def _decode_as(data: bytes, label: str) -> str | None:
    """The text, or None if the charset is unknown or more than one character in 10,000 cannot be decoded."""
    try:
        charset = codecs.lookup(_ALIASES.get(label.lower(), label)).name
        text = data.decode(charset, "replace")
    except (LookupError, ValueError):
        return None
    return text if text.count("\ufffd") * 10_000 <= len(text) and "\0" not in text else None


def _decode_detected(data: bytes) -> str:
    sample = data[:SAMPLE_BYTES]
    best = None if b"\0" in sample else charset_normalizer.from_bytes(sample).best()
    if best is None:
        raise NotText("The bytes are not text in any known charset.")
    return data.decode(best.encoding, "replace")
