"""Placeholders: text that a translation must not change, such as links, account names, emoji and amounts of money."""

from collections.abc import Iterator, Sequence

import regex

from summarizer.article import Span

CURRENCY = r"(?:US|A|C|HK|NZ|R|S)?\$|[€£¥₹₽₩₺₴₦₫₪₱฿]"

CODES = (
    "AED|AUD|BRL|CAD|CHF|CNY|DKK|EGP|EUR|GBP|HKD|IDR|ILS|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|"
    "USD|VND|ZAR"
)
"""ISO 4217 codes of the currencies most common in the news."""

MAGNITUDE = (
    r"(?!\s?(?i:hundred|thousand|million|billion|trillion|mil\b|mill|mio\b|mrd\b|tausend|тыс|млн|млрд|мил|"
    r"[百千万亿萬億兆만억조]))"
)
"""Negative lookahead for a magnitude word: "$3 million" has to be translated."""

_GROUP = r"[.,'’\u00a0\u202f]"
_AMOUNT = rf"(?<!\d|\d{_GROUP})\d++(?:{_GROUP}\d++)*+"
"""No amount starts inside another one, so that long lists of numbers take linear time."""

_EMOJI = r"\p{Extended_Pictographic}[\ufe0f\p{EMod}\U000e0020-\U000e007f]*"

_TOKEN = regex.compile(
    rf"""
    (?:https?|ftp)://[^\s<>"'«»“”‘’，。；：！？、（）]*[^\s<>"'«»“”‘’，。；：！？、（）.,;:!?)\]}}]
    | \bwww\.[^\s<>"'«»“”‘’，。；：！？、（）]*[^\s<>"'«»“”‘’，。；：！？、（）.,;:!?)\]}}]
    | (?<![\p{{L}}\p{{Nd}}._%+-])[\p{{L}}\p{{Nd}}._%+-]++@[\p{{L}}\p{{Nd}}-]+(?:\.[\p{{L}}\p{{Nd}}-]+)+
    | (?<![\p{{L}}\p{{Nd}}_@/])@[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*
    | (?<![\p{{L}}\p{{Nd}}_&/])[#＃](?=[\p{{Nd}}_]*\p{{L}})[\p{{L}}\p{{M}}\p{{Nd}}_]+
    | \{{\{{[^{{}}\n]*+\}}\}}
    | \$?\{{(?:[^{{}}\n]|\{{[^{{}}\n]*+\}})*+\}}
    | %\([\w.]+\)[#0+-]*\d*(?:\.\d+)?[a-zA-Z]
    | (?<![\p{{Nd}}%])%(?:\d+\$)?[#0+-]*\d*(?:\.\d+)?(?:hh?|ll?)?[sdiufFeEgGxXoc@](?!\p{{L}})
    | &(?:\#\d+|\#[xX][\da-fA-F]+|[a-zA-Z][a-zA-Z\d]*);
    | (?:{CURRENCY})[\s\u00a0]?{_AMOUNT}(?:[\s\u00a0]?(?:bn|tn|[mk])\b)?{MAGNITUDE}
    | {_AMOUNT}[\s\u00a0]?(?:{CURRENCY})
    | \b(?:{CODES})[\s\u00a0]?{_AMOUNT}{MAGNITUDE}
    | {_AMOUNT}[\s\u00a0]?(?:{CODES})\b
    | \p{{RI}}\p{{RI}}
    | [0-9\#*]\ufe0f?\u20e3
    | {_EMOJI}(?:\u200d{_EMOJI})*
    | \[\^[^\[\]\s]+\]
    """,
    regex.VERBOSE,
)


def find_placeholders(text: str, keep: Sequence[str] = ()) -> Iterator[Span]:
    """Yields the spans of placeholders in order; the terms in `keep` are placeholders, too."""
    at = 0
    terms = _terms(tuple(keep))
    while True:
        matches = [match for match in (_TOKEN.search(text, at), terms and terms.search(text, at)) if match]
        if not matches:
            return
        first = min(matches, key=lambda match: (match.start(), -match.end()))
        yield Span(first.start(), first.end())
        at = first.end()


def occurrences(placeholder: str, text: str) -> list[Span]:
    """Returns the spans of a placeholder in a text, except inside longer words."""
    return [Span(match.start(), match.end()) for match in regex.finditer(_bounded(placeholder), text)]


def _terms(keep: tuple[str, ...]) -> "regex.Pattern[str] | None":
    longest_first = sorted(filter(str.strip, keep), key=len, reverse=True)
    return regex.compile("|".join(map(_bounded, longest_first))) if longest_first else None


def _bounded(placeholder: str) -> str:
    """A pattern with word boundaries, which do not apply in scripts without spaces."""
    letter = r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Nd}]"
    before = rf"(?<!{letter})" if regex.match(letter, placeholder) else ""
    after = rf"(?!{letter})" if regex.search(rf"{letter}\Z", placeholder) else ""
    return f"{before}{regex.escape(placeholder)}{after}"
