"""Makes false sentences by changing one thing in a true sentence. The words of each language are in checker.json."""

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import regex

from benchmarks.cases import CheckerCase
from summarizer.checking.facts import FactKind, facts
from summarizer.checking.facts.quantities import Quantity

TABLE = Path(__file__).with_name("checker.json")

Change = Callable[[CheckerCase, str, random.Random], str | None]
"""Changes a sentence of an article; returns None if there is nothing to change."""


@cache
def table() -> dict[str, dict[str, dict[str, str]]]:
    """Returns, by language and kind of change, phrases and their replacements."""
    replacements: dict[str, dict[str, dict[str, str]]] = json.loads(TABLE.read_text("utf-8"))
    return replacements


NAME_BEFORE_VERB = r"\p{Lu}[\p{L}'’.-]+ (?:\p{Ll}{1,4} )?$"
"""A name, optionally with an auxiliary, before a verb."""


def change_number(case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
    """Replaces a number by another with as many digits that the article does not contain."""
    digits = [match for match in regex.finditer(r"(?<!\p{L})\p{Nd}+", sentence) if match.group() != "0"]
    if not digits:
        return None
    chosen, size = rng.choice(digits), 0
    known = set(regex.findall(r"\p{Nd}+", case.article.source))
    for _ in range(50):
        size = len(chosen.group())
        other = str(rng.randrange(10 ** (size - 1) + (size == 1), 10**size))
        if other not in known and abs(int(other) - int(chosen.group())) > 0.3 * int(chosen.group()):
            return sentence[: chosen.start()] + other + sentence[chosen.end() :]
    return None


def change_name(all_cases: tuple[CheckerCase, ...], case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
    """Replaces a name by a name from another article in the language that is unlike all words of this article."""
    edge = "" if case.language == "zh" else r"\b"
    own = [name for name in case.names if regex.search(edge + regex.escape(name) + edge, sentence)]
    source = case.article.source.lower()
    others = [name for one in all_cases if one.language == case.language and one.id != case.id for name in one.names]
    fresh = [name for name in others if not any(part.lower()[:4] in source for part in name.split())]
    if not (own and fresh):
        return None
    name = rng.choice(own)
    alike = [other for other in fresh if len(other.split()) == len(name.split())] or fresh
    return sentence.replace(name, rng.choice(alike), 1)


def change_unit(case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
    """Replaces the unit of a number."""
    units = table().get(case.language, {}).get("units", {})
    numbers = [fact for fact in facts(sentence, case.language) if isinstance(fact.value, Quantity)]
    changes = [(fact, old) for fact in numbers for old in units if fact.text.endswith(old)]
    if not changes:
        return None
    fact, old = rng.choice(changes)
    return sentence[: fact.span.end - len(old)] + units[old] + sentence[fact.span.end :]


def drop_phrase(key: str) -> Change:
    """Returns a change that replaces a phrase of the table, e.g. removes a negation or a hedge."""

    def change(case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
        phrases = table().get(case.language, {}).get(key, {})
        fitting = [old for old in phrases if regex.search(old, sentence)]
        if not fitting:
            return None
        changed = sentence
        for old in fitting if key == "negation" else [rng.choice(fitting)]:
            changed = regex.sub(old, phrases[old], changed)
        return changed if len(changed) > 0.5 * len(sentence) else None

    return change


def change_actor(case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
    """Assigns the number of a name to another name by a participle: "Iraq lost 4" becomes "Kerry went on, losing 4"."""
    other = _absent_name(case, sentence, rng)
    starts = {fact.span.start for fact in facts(sentence, case.language) if isinstance(fact.value, Quantity)}
    for verb, participle in table().get(case.language, {}).get("participle", {}).items():
        match = regex.search(rf"\b{verb}(?:\p{{L}}+ ){{0,2}}", sentence)
        if other and match and match.end() in starts and regex.search(NAME_BEFORE_VERB, sentence[: match.start()]):
            return f"{other} {match.expand(participle)}{sentence[match.end(1) :]}"
    return None


def change_speaker(case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
    """Attributes a statement, quoted or not, to another name of the article that is not in the sentence."""
    other = _absent_name(case, sentence, rng)
    for verb, template in table().get(case.language, {}).get("speaker", {}).items():
        names = "|".join(map(regex.escape, sorted(case.names, key=len, reverse=True)))
        gap = "" if case.language == "zh" else " "
        match = (
            regex.search(rf"(?P<name>{names}){gap}(?:{verb})|(?:{verb}){gap}(?P<name>{names})", sentence)
            if names
            else None
        )
        quotation = next((fact.text for fact in facts(sentence, case.language) if fact.kind == FactKind.QUOTE), None)
        if match and other:
            return f"{template.format(other)}“{quotation}”" if quotation else sentence.replace(match["name"], other, 1)
    return None


def _absent_name(case: CheckerCase, sentence: str, rng: random.Random) -> str | None:
    """A name of the article that has no word in common with the sentence."""
    words = set(sentence.split())
    names = [name for name in case.names if name not in sentence and not words & set(name.split())]
    return rng.choice(names) if names else None


CHANGES: dict[str, Change] = {
    "number": change_number,
    "unit": change_unit,
    "negation": drop_phrase("negation"),
    "hedge": drop_phrase("hedge"),
    "future": drop_phrase("future"),
    "actor": change_actor,
    "speaker": change_speaker,
}
