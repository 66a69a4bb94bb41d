"""Languages by BCP 47 tag: names, scripts, writing directions, and whether words are separated by spaces."""

from collections.abc import Iterable
from functools import cache
from threading import Lock

import langcodes
from babel import Locale, UnknownLocaleError

from summarizer.errors import UnknownLanguage

UNDETERMINED = "und"

RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
"""ISO 15924 codes of right-to-left scripts used in news (Unicode bidirectional classes R and AL)."""

UNSPACED = frozenset({"Hans", "Hant", "Hani", "Jpan", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai", "Tibt"})
"""ISO 15924 codes of scripts that do not separate words by spaces."""

_LANGCODES_LOCK = Lock()
"""langcodes publishes its table of likely subtags to other threads before the table is complete, and lookups fail."""


@cache
def canonical(tag: str) -> str:
    """Returns the canonical BCP 47 form of a tag: `en-US` for `EN_us`, `zh-Hans` for `zh-hans`, `en` for `eng`.

    Raises UnknownLanguage if the tag is malformed or its language is not registered.
    """
    try:
        language = langcodes.Language.get(tag.strip())
    except (langcodes.tag_parser.LanguageTagError, ValueError):
        raise UnknownLanguage(f"{tag!r} is not a language tag.") from None
    if not language.is_valid():
        raise UnknownLanguage(f"{tag!r} is not a registered language.")
    return language.to_tag()


def primary(tag: str) -> str:
    """Returns the language subtag without script or region: `zh` for `zh-Hant`."""
    return tag.split("-", maxsplit=1)[0]


def closest(tag: str, available: Iterable[str]) -> str | None:
    """Returns the available tag that a reader of `tag` can read, or None: `zh` for `zh-Hans`, `pt` for `pt-BR`.

    An identical tag is preferred; otherwise language and script must match (by CLDR's likely subtags).
    """
    requested, offered = canonical(tag), {canonical(other): other for other in available}
    if requested in offered:
        return offered[requested]
    matches = [one for one in offered if primary(one) == primary(requested) and script(one) == script(requested)]
    return offered[min(matches, key=len)] if matches else None


def name(tag: str, in_language: str = "en") -> str:
    """Returns the name of the language in another language, e.g. `Brazilian Portuguese`; the tag if CLDR has none."""
    canon = canonical(tag)
    try:
        names = Locale.parse(canonical(in_language), sep="-").languages
        known = names.get(canon.replace("-", "_")) or Locale.parse(canon, sep="-").get_display_name(in_language)
    except (UnknownLocaleError, ValueError):
        known = None
    return known or tag


@cache
def script(tag: str) -> str:
    """Returns the ISO 15924 code of a tag's script: stated in the tag or likeliest by CLDR; `Zyyy` if unknown."""
    with _LANGCODES_LOCK:
        return langcodes.Language.get(canonical(tag)).maximize().script or "Zyyy"


def is_spaced(tag: str) -> bool:
    """Returns whether the language separates words by spaces."""
    return script(tag) not in UNSPACED


def direction(tag: str) -> str:
    """Returns `rtl` for right-to-left scripts, else `ltr`."""
    return "rtl" if script(tag) in RIGHT_TO_LEFT else "ltr"
