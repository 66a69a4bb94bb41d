"""Sentences made false: one thing in a true one is changed. The words that each language needs are in checker.json."""

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import regex

from benchmarks.cases import Case
from summarizer.checking.facts import FactKind, facts
from summarizer.checking.facts.quantities import Quantity

TABLE = Path(__file__).with_name("checker.json")

Maker = Callable[[Case, str, random.Random], str | None]
"""Changes a sentence of an article; None where there is nothing to change."""


@cache
def table() -> dict[str, dict[str, dict[str, str]]]:
    """By language, phrases and what they become without their negation, their hedge, or in another unit."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads(TABLE.read_text("utf-8"))
    return found


NAMED = r"\p{Lu}[\p{L}'’.-]+ (?:\p{Ll}{1,4} )?$"
"""Before a verb: a name, and perhaps an auxiliary."""


def other_number(case: Case, sentence: str, chance: random.Random) -> str | None:
    """A number in digits for another with as many that the article does not have."""
    digits = [match for match in regex.finditer(r"(?<!\p{L})\p{Nd}+", sentence) if match.group() != "0"]
    if not digits:
        return None
    chosen, size = chance.choice(digits), 0
    held = set(regex.findall(r"\p{Nd}+", case.article.source))
    for _ in range(50):
        size = len(chosen.group())
        other = str(chance.randrange(10 ** (size - 1) + (size == 1), 10**size))
        if other not in held and abs(int(other) - int(chosen.group())) > 0.3 * int(chosen.group()):
            return sentence[: chosen.start()] + other + sentence[chosen.end() :]
    return None


def other_name(all_cases: tuple[Case, ...], case: Case, sentence: str, chance: random.Random) -> str | None:
    """A name for one of another article of the language that no word of this one is like."""
    edge = "" if case.language == "zh" else r"\b"
    own = [name for name in case.names if regex.search(edge + regex.escape(name) + edge, sentence)]
    source = case.article.source.lower()
    others = [name for one in all_cases if one.language == case.language and one.id != case.id for name in one.names]
    fresh = [name for name in others if not any(part.lower()[:4] in source for part in name.split())]
    if not (own and fresh):
        return None
    name = chance.choice(own)
    alike = [other for other in fresh if len(other.split()) == len(name.split())] or fresh
    return sentence.replace(name, chance.choice(alike), 1)


def other_unit(case: Case, sentence: str, chance: random.Random) -> str | None:
    """A number's unit for another that the article does not have the number in."""
    units = table().get(case.language, {}).get("units", {})
    numbers = [fact for fact in facts(sentence, case.language) if isinstance(fact.value, Quantity)]
    changes = [(fact, old) for fact in numbers for old in units if fact.text.endswith(old)]
    if not changes:
        return None
    fact, old = chance.choice(changes)
    return sentence[: fact.span.end - len(old)] + units[old] + sentence[fact.span.end :]


def without(key: str) -> Maker:
    """Takes a phrase of the table out, or makes it certain."""

    def change(case: Case, sentence: str, chance: random.Random) -> str | None:
        phrases = table().get(case.language, {}).get(key, {})
        fitting = [old for old in phrases if regex.search(old, sentence)]
        if not fitting:
            return None
        changed = sentence
        for old in fitting if key == "negation" else [chance.choice(fitting)]:
            changed = regex.sub(old, phrases[old], changed)
        return changed if len(changed) > 0.5 * len(sentence) else None

    return change


def other_actor(case: Case, sentence: str, chance: random.Random) -> str | None:
    """A name's number given to another name by a participle: "Iraq lost 4" becomes "Kerry went on, losing 4"."""
    other = _elsewhere(case, sentence, chance)
    starts = {fact.span.start for fact in facts(sentence, case.language) if isinstance(fact.value, Quantity)}
    for verb, participle in table().get(case.language, {}).get("participle", {}).items():
        found = regex.search(rf"\b{verb}(?:\p{{L}}+ ){{0,2}}", sentence)
        if other and found and found.end() in starts and regex.search(NAMED, sentence[: found.start()]):
            return f"{other} {found.expand(participle)}{sentence[found.end(1) :]}"
    return None


def other_speaker(case: Case, sentence: str, chance: random.Random) -> str | None:
    """What one name said, quoted or not, from another of the article's that the sentence does not have."""
    other = _elsewhere(case, sentence, chance)
    for verb, before in table().get(case.language, {}).get("speaker", {}).items():
        beside = "|".join(map(regex.escape, sorted(case.names, key=len, reverse=True)))
        gap = "" if case.language == "zh" else " "
        found = (
            regex.search(rf"(?P<name>{beside}){gap}(?:{verb})|(?:{verb}){gap}(?P<name>{beside})", sentence)
            if beside
            else None
        )
        quoted = next((fact.text for fact in facts(sentence, case.language) if fact.kind == FactKind.QUOTE), None)
        if found and other:
            return f"{before.format(other)}“{quoted}”" if quoted else sentence.replace(found["name"], other, 1)
    return None


def _elsewhere(case: Case, sentence: str, chance: random.Random) -> str | None:
    """A name of the article of which the sentence has no word."""
    words = set(sentence.split())
    names = [name for name in case.names if name not in sentence and not words & set(name.split())]
    return chance.choice(names) if names else None


MAKERS: dict[str, Maker] = {
    "number": other_number,
    "unit": other_unit,
    "negation": without("negation"),
    "hedge": without("hedge"),
    "future": without("future"),
    "actor": other_actor,
    "speaker": other_speaker,
}
