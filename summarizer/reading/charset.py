"""Bytes to text, in the charset they are really in."""

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
"""Labels that pages put on a larger charset: the WHATWG Encoding Standard reads them so."""

HEAD = 4_096
"""Bytes in which a page states its charset (the HTML standard asks for the first 1,024)."""

SAMPLE = 64_000


def decode(data: bytes, stated: str | None = None) -> str:
    """The text of the bytes.

    Tried in this order: a byte-order mark, the charset `stated` outside (a header), the page's own statement, UTF-8,
    and what the bytes look like. Raises NotText for bytes that are no text in any charset.
    """
    for bom, charset in _BOMS.items():
        if data.startswith(bom):
            return data.decode(charset, "replace")
    for label in (stated, _in_page(data), "utf-8"):
        if label and (text := _strictly(data, label)) is not None:
            return text
    return _guessed(data)


def _in_page(data: bytes) -> str | None:
    found = _META.search(data, 0, HEAD)
    return (found[1] or found[2]).decode("ascii") if found else None


def _strictly(data: bytes, label: str) -> str | None:
    """The text, or None where the label is unknown or the bytes are not in it. One broken byte in 10,000 may be."""
    try:
        charset = codecs.lookup(_ALIASES.get(label.lower(), label)).name
        text = data.decode(charset, "replace")
    except (LookupError, ValueError):
        return None
    return text if text.count("\ufffd") * 10_000 <= len(text) and "\0" not in text else None


def _guessed(data: bytes) -> str:
    best = None if b"\0" in data[:SAMPLE] else charset_normalizer.from_bytes(data[:SAMPLE]).best()
    if best is None:
        raise NotText("The bytes are no text in any charset that is known.")
    return data.decode(best.encoding, "replace")
