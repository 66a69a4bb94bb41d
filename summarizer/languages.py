"""Languages by their BCP 47 tags: names, scripts, directions, and whether words are spaced. No detection here."""

from collections.abc import Iterable
from functools import cache
from threading import Lock

import langcodes
from babel import Locale, UnknownLocaleError

from summarizer.errors import UnknownLanguage

UNDETERMINED = "und"

RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
"""ISO 15924 scripts written from right to left (Unicode's bidirectional classes R and AL), those in news use."""

UNSPACED = frozenset({"Hans", "Hant", "Hani", "Jpan", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai", "Tibt"})
"""ISO 15924 scripts whose words stand without spaces between them."""

_FILLING = Lock()
"""langcodes shows other threads the forms that it looks a tag up by before they are all there, and they fail."""


@cache
def canonical(tag: str) -> str:
    """The tag in BCP 47's own spelling, shortest form: `EN_us` is `en-US`, `zh-hans` is `zh-Hans`, `eng` is `en`.

    Raises UnknownLanguage when it is not a tag, or names no language that is registered.
    """
    try:
        language = langcodes.Language.get(tag.strip())
    except (langcodes.tag_parser.LanguageTagError, ValueError):
        raise UnknownLanguage(f"{tag!r} is not a language tag.") from None
    if not language.is_valid():
        raise UnknownLanguage(f"{tag!r} names no registered language.")
    return language.to_tag()


def primary(tag: str) -> str:
    """The tag's language without script or region: `zh` of `zh-Hant`."""
    return tag.split("-", maxsplit=1)[0]


def closest(tag: str, among: Iterable[str]) -> str | None:
    """The one of `among` that serves a reader of `tag`, or None: `zh` serves `zh-Hans`, `pt` serves `pt-BR`.

    The same tag first, then one of the same language and script by CLDR's likely subtags.
    """
    wanted, offered = canonical(tag), {canonical(other): other for other in among}
    if wanted in offered:
        return offered[wanted]
    kin = [other for other in offered if primary(other) == primary(wanted) and script(other) == script(wanted)]
    return offered[min(kin, key=len)] if kin else None


def name(tag: str, in_language: str = "en") -> str:
    """What the language is called in another, e.g. `Brazilian Portuguese`; the tag where no name is known."""
    canon = canonical(tag)
    try:
        names = Locale.parse(canonical(in_language), sep="-").languages
        known = names.get(canon.replace("-", "_")) or Locale.parse(canon, sep="-").get_display_name(in_language)
    except (UnknownLocaleError, ValueError):
        known = None
    return known or tag


@cache
def script(tag: str) -> str:
    """The ISO 15924 code of the script it is written in: stated, or CLDR's likeliest; `Zyyy` where unknown."""
    with _FILLING:
        return langcodes.Language.get(canonical(tag)).maximize().script or "Zyyy"


def is_spaced(tag: str) -> bool:
    """Whether words are told apart by spaces."""
    return script(tag) not in UNSPACED


def direction(tag: str) -> str:
    """`rtl` where the script runs from right to left, else `ltr`."""
    return "rtl" if script(tag) in RIGHT_TO_LEFT else "ltr"
