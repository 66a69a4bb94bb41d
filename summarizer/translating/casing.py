"""Headlines in capitals: models copy them instead of translating, so their case is changed first and restored later."""

import regex

from summarizer.languages import primary

_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’]*")
_CASED = regex.compile(r"\p{Lu}|\p{Ll}")

MIN_WORDS = 2
"""Minimum words in capitals that make a headline; a single word may be an acronym."""

TITLE_CASE_SHARE = 0.6
"""Minimum share of capitalised words in a title-case line of at least four words."""

ACRONYMS = frozenset(
    {
        "AI", "BBC", "CEO", "CIA", "EU", "FBI", "FMI", "G20", "G7", "GDP", "HIV", "IMF", "NASA", "NATO", "NGO",
        "OECD", "ONU", "OPEC", "OTAN", "UAE", "UE", "UK", "UN", "UNESCO", "UNICEF", "USA",
    }
)  # fmt: skip
"""Acronyms that stay in capitals, except those that are also ordinary words ("WHO", "US")."""


def is_all_caps(text: str) -> bool:
    """Whether a line is all in capitals, in a script that has letter case."""
    words = [word for word in _WORD.findall(text) if _CASED.search(word)]
    return sum(len(word) > 1 for word in words) >= MIN_WORDS and all(word == word.upper() for word in words)


def is_title_case(text: str) -> bool:
    """Whether a line is capitalised like an English headline."""
    words = [word for word in _WORD.findall(text) if _CASED.search(word)]
    return len(words) > MIN_WORDS + 1 and sum(word[0].isupper() for word in words) / len(words) >= TITLE_CASE_SHARE


def to_title_case(text: str) -> str:
    """Converts a line in capitals to title case, so that names still look like names."""
    return str(_WORD.sub(lambda word: word[0] if word[0] in ACRONYMS else word[0].capitalize(), text))


def to_sentence_case(text: str) -> str:
    """Converts a line in title case to sentence case."""
    first = _WORD.search(text)
    if not first:
        return text
    low = _WORD.sub(lambda word: word[0] if word[0] == word[0].upper() and len(word[0]) > 1 else word[0].lower(), text)
    return str(low[: first.start()] + first[0] + low[first.end() :])


def to_all_caps(text: str, language: str) -> str:
    """Converts a line to capitals by the rules of its language: Turkish has a dotted capital İ."""
    if primary(language) in {"az", "tr"}:
        text = text.replace("i", "İ")
    return text.upper()
