"""Decodes bytes to text with their actual charset, which is not always the declared one."""

import codecs
from collections.abc import Iterator

import charset_normalizer
import regex

from summarizer.errors import NotText
from summarizer.languages import primary
from summarizer.reading.language import alphabet, detect
from summarizer.reading.scripts import script_counts
from summarizer.reading.variants import scripts_of

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

LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "cp850", "cp852", "mac_roman")
"""Charsets of languages in Latin script, the most frequent first."""

_LINE = regex.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_LINE_BYTES = 1_500
_ASCII_LETTER = regex.compile(rb"[A-Za-z]")
_MARKS = frozenset("“”„‘’‚«»–—…•·°€£§©®™\u00a0")
_NATIONAL_MARKS = {"es": frozenset("¿¡ºª"), "pt": frozenset("ºª"), "it": frozenset("ºª"), "gl": frozenset("¿¡ºª")}


def decode(data: bytes, declared: str | None = None, *, strict: bool = False) -> str:
    """Returns the text of the bytes.

    Tries in this order: a byte-order mark, the charset `declared` by an HTTP header, the charset declared in the page,
    UTF-8, and charset detection; if `strict`, no other charset than the declared one and UTF-8. Raises NotText if the
    bytes are not text in any of these.
    """
    for bom, charset in _BOMS.items():
        if data.startswith(bom):
            return data.decode(charset, "replace")
    is_final = strict and declared is not None
    for label in (declared, None if is_final else _declared_in_page(data), "utf-8"):
        if label and (text := _decode_as(data, label)) is not None:
            return text
    if is_final:
        raise NotText(f"The text is not in the declared charset {declared}.", "Correct or omit the charset.")
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
    lines = b"\n".join(_first_lines(sample))
    texts = {charset: text for charset in (*LATIN, best.encoding) if (text := _decode_strictly(lines, charset))}
    charset = max(texts, key=lambda charset: _fit(texts[charset])) if _is_latin(lines) and texts else best.encoding
    return data.decode(charset, "replace")


def _is_latin(lines: bytes) -> bool:
    """Whether most letters are ASCII; bytes from 128 are letters of other scripts, or letters with accents."""
    return len(_ASCII_LETTER.findall(lines)) > len(lines) - len(lines.translate(None, bytes(range(128, 256))))


def _first_lines(sample: bytes) -> Iterator[bytes]:
    """The first lines that are not ASCII."""
    size = 0
    for line in _LINE.finditer(sample):
        yield line.group()
        size += len(line.group())
        if size >= _LINE_BYTES:
            return


def _decode_strictly(lines: bytes, charset: str) -> str | None:
    try:
        return lines.decode(charset)
    except UnicodeDecodeError:
        return None


def _fit(text: str) -> float:
    """How well a text that is not ASCII suits its language: the share of the characters that the language uses."""
    detection = detect(text)
    language = primary(detection.candidates[0].language) if detection.candidates else "und"
    characters = [character for character in text.lower() if not character.isascii()]
    marks = _MARKS | _NATIONAL_MARKS.get(language, frozenset())
    used = sum(character in marks or _is_used(character, language) for character in characters)
    return detection.confidence * used / max(1, len(characters))


def _is_used(letter: str, language: str) -> bool:
    letters = alphabet(language)
    return letter in letters if letters else bool(script_counts(letter).keys() & scripts_of(language))
