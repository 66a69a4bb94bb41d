"""Distinguishes variants of a language: simplified and traditional Chinese, Portuguese spellings, scripts."""

from collections import Counter
from functools import cache

import regex

from summarizer import languages
from summarizer.reading.scripts import COMPOUND, script_counts

MIN_RATIO = 3
"""The ratio of evidence that decides for one of two variants. A choice: names and quotations are a tenth."""

SECOND_SCRIPT = {
    "az": "Cyrl", "bs": "Cyrl", "kk": "Latn", "ku": "Arab", "pa": "Arab", "sr": "Latn", "tg": "Latn", "uz": "Cyrl",
}  # fmt: skip
"""Languages that are printed in a second script besides CLDR's default one."""

ALWAYS_EXPLICIT = frozenset({"sr"})
"""Languages whose two scripts are in equal use, so that the tag always names the script."""

_HAN = regex.compile(r"\p{Script=Han}")

_BRAZIL = regex.compile(
    r"\b(?:vocês?|ônibus|trem|trens|celular(?:es)?|equipes?|fatos?|contatos?|registros?|registrad[oa]s?|usuários?|"
    r"planejamento|bilh(?:ão|ões)|trilh(?:ão|ões)|esportes?|esportiv[oa]s?|gol|goleiros?|torcedor(?:es)?|\w*ômic[oa]s?|"
    r"\w*êmic[oa]s?|gêner[oa]s?|tênis|bônus|prêmios?|Antônio|Mônica|pesquisador(?:es|a)?|sediad[oa]s?|"
    r"est(?:á|ão|ava|avam) \w+(?:ando|endo|indo))\b"
)
_PORTUGAL = regex.compile(
    r"\b(?:autocarros?|comboios?|telemóve(?:l|is)|equipas?|factos?|contactos?|registos?|registad[oa]s?|utilizador(?:es)?|"
    r"planeamento|mil milhões|desporto|desportiv[oa]s?|golo[s]?|guarda-redes|adeptos?|\w*ómic[oa]s?|\w*émic[oa]s?|"
    r"géner[oa]s?|ténis|bónus|prémios?|António|Mónica|polémicas?|autarcas?|autarquias?|sítio|ecrãs?|"
    r"a (?:fazer|ser|trabalhar|decorrer|ter|ver|tentar|preparar|aumentar|viver)|estamos a|está a|estão a)\b"
)


def with_variant(language: str, text: str) -> str:
    """Returns the language tag with the variant that the text shows, e.g. `zh-Hant`, `pt-BR`, `sr-Latn`."""
    if language == "zh":
        return _chinese(text)
    if language == "pt":
        return _leading(len(_BRAZIL.findall(text)), len(_PORTUGAL.findall(text)), ("pt-BR", "pt-PT", "pt"))
    if language in SECOND_SCRIPT:
        return _in_script(language, script_counts(text))
    return language


@cache
def scripts_of(language: str) -> frozenset[str]:
    """Returns the scripts that a language is printed in; compound codes are replaced by their scripts."""
    default = languages.script(language)
    second = SECOND_SCRIPT.get(language, default)
    return COMPOUND.get(default, frozenset({default})) | frozenset({second} - COMPOUND.keys())


def _in_script(language: str, counts: Counter[str]) -> str:
    default, second = languages.script(language), SECOND_SCRIPT[language]
    script = second if counts[second] > counts[default] else default
    return f"{language}-{script}" if script == second or language in ALWAYS_EXPLICIT else language


def _chinese(text: str) -> str:
    characters = _HAN.findall(text)
    simplified = sum(_only("gb2312", character) for character in characters)
    traditional = sum(_only("big5", character) for character in characters)
    return _leading(simplified, traditional, ("zh-Hans", "zh-Hant", "zh"))


def _leading(first: int, second: int, tags: tuple[str, str, str]) -> str:
    if max(first, second) < 2 or MIN_RATIO * min(first, second) > max(first, second):  # noqa: PLR2004  # one may be a name
        return tags[2]
    return tags[0] if first > second else tags[1]


@cache
def _only(encoding: str, character: str) -> bool:
    """Whether only this one of the two national charsets, simplified and traditional, contains the character."""
    other = "big5" if encoding == "gb2312" else "gb2312"
    return _encodes(character, encoding) and not _encodes(character, other)


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
