"""Where a line that is too long may be cut: at the end of a clause, or before a phrase that it can do without."""

import regex

from summarizer.languages import primary

OPENERS = {
    "en": "across against amid at before during in on over since under within",
    "es": "ante bajo contra desde durante en tras",
    "fr": "à après au aux avant chez contre dans depuis durant en lors malgré pendant sous sur",
    "it": "al alla alle ai contro dopo durante in nel nella nelle nei sotto",
    "pt": "após contra desde durante em na nas no nos sob",
    "ru": "в во из-за на перед под после против",
    "uk": "в на перед під після проти у через",
}
"""Prepositions of place, time and opposition, by language.

Prepositions of attributions ("according to") and of verbs ("accused of", "plans to") are excluded, and so are languages
in which a verb may follow the phrase (German).
"""

_CLAUSE_END = regex.compile(r"\s*(?:[,;:،؛]|\s[–—-])\s|[，；：]")


def clause_prefixes(text: str, language: str) -> list[str]:
    """Returns the text up to the end of each clause, the shortest first; an opening phrase of place is not a clause."""
    ends = [match.start() for match in _CLAUSE_END.finditer(text)]
    first_word = text.split(maxsplit=1)[:1]
    return [text[:end] for end in ends[first_word[0].lower() in _openers(language) :]] if first_word else []


def phrase_prefixes(text: str, language: str) -> list[str]:
    """Returns the clause prefixes, and the text up to each phrase that may be left out."""
    openers = "|".join(_openers(language))
    phrases = regex.finditer(rf"\s(?:{openers})\s", text, regex.IGNORECASE) if openers else ()
    return sorted([*clause_prefixes(text, language), *(text[: match.start()] for match in phrases)], key=len)


def _openers(language: str) -> list[str]:
    return OPENERS.get(primary(language), "").split()
