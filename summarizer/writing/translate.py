"""Texts into another language, sentence by sentence in batches; what stands between sentences stays as it was."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from models.engines.protocol import Hypothesis
from models.model import Model
from summarizer.article import Notice
from summarizer.checking.numbers import numbers
from summarizer.checking.tongue import is_in
from summarizer.reading import chunks, sentences
from summarizer.watch import Watch
from summarizer.writing.ask import ask
from summarizer.writing.tidy import bare, is_quoted, unquoted

ROOM = 128
"""Tokens of the window kept for the instruction round a sentence."""

GROUP = 16
"""Sentences translated between two pieces of news for whoever waits; batches hardly gain beyond."""

GROWTH, FLOOR = 3, 24
"""A translation may have three times its source's tokens and 24 more; beyond, the model is going in circles."""

BEAMS = 3
"""Width of the search that a faulty translation is tried again with."""

_LINES = regex.compile(r"\s*\n\s*")
_LETTER = regex.compile(r"\p{L}")


@dataclass(frozen=True, slots=True)
class Translated:
    """One text in the target language, and what is wrong with it."""

    text: str
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece that is translated in one go, and the white space behind it."""

    text: str
    after: str

    @property
    def is_words(self) -> bool:
        return bool(_LETTER.search(self.text))


def translate(
    model: Model,
    texts: Sequence[str],
    *,
    source: str,
    target: str,
    watch: Watch,
    on_text: Callable[[int, str], None] = lambda _index, _text: None,
) -> list[Translated]:
    """Each text in `target`, paragraphs and spacing kept, nothing left out.

    `source` and `target` are tags of the model's card. `on_text` hears an index and its text when that text is final,
    in order. Raises UnsupportedDirection.
    """
    plans = [_plan(model, text, source) for text in texts]
    wanted = list(dict.fromkeys(unit.text for plan in plans for unit in plan if unit.is_words))
    known: dict[str, Translated] = {}
    told = 0
    for first in range(0, len(wanted), GROUP):
        watch.progress("translating", first, len(wanted))
        group = wanted[first : first + GROUP]
        known |= dict(zip(group, _translate(model, group, source, target, watch), strict=True))
        while told < len(plans) and all(unit.text in known for unit in plans[told] if unit.is_words):
            on_text(told, _join(plans[told], known).text)
            told += 1
    for index in range(told, len(plans)):
        on_text(index, _join(plans[index], known).text)
    return [_join(plan, known) for plan in plans]


def _plan(model: Model, text: str, language: str) -> list[_Unit]:
    budget = (model.window - ROOM) // (1 + GROWTH) if model.card.architecture == "decoder" else model.window - ROOM
    units: list[_Unit] = []
    at = 0
    for gap in [*_LINES.finditer(text), None]:
        line = text[at : gap.start() if gap else len(text)]
        units += [
            _Unit(piece.strip(), piece[len(piece.rstrip()) :] + (sentence.after if piece is pieces[-1] else ""))
            for sentence in sentences(line, language)
            for pieces in [chunks(sentence.text, language, budget, model.count)]
            for piece in pieces
        ]
        if gap:
            units.append(_Unit("", gap.group()))
            at = gap.end()
    return units


def _join(plan: Sequence[_Unit], known: dict[str, Translated]) -> Translated:
    done = [(known[unit.text] if unit.is_words else Translated(unit.text), unit.after) for unit in plan]
    warnings = dict.fromkeys(notice for part, _ in done for notice in part.warnings)
    return Translated("".join(part.text + after for part, after in done), tuple(warnings))


def _translate(model: Model, texts: Sequence[str], source: str, target: str, watch: Watch) -> list[Translated]:
    found = _attempt(model, texts, source, target, watch, beams=None)
    again = [index for index, translated in enumerate(found) if translated.warnings]
    if again:
        second = _attempt(model, [texts[index] for index in again], source, target, watch, beams=BEAMS)
        for index, other in zip(again, second, strict=True):
            if len(other.warnings) < len(found[index].warnings):
                found[index] = other
    return found


def _attempt(
    model: Model, texts: Sequence[str], source: str, target: str, watch: Watch, *, beams: int | None
) -> list[Translated]:
    prompts = [model.prompt("translate", text, source=source, target=target) for text in texts]
    preset = model.card.decoding("translate")
    longest = max(model.count(text) for text in texts) * GROWTH + FLOOR
    decoding = preset.but(
        max_tokens=min(preset.max_tokens, longest) if beams is None else longest, beam_size=beams or preset.beam_size
    )
    hypotheses = ask(model, prompts, decoding, watch)
    return [_judged(text, hypothesis, target) for text, hypothesis in zip(texts, hypotheses, strict=True)]


def _judged(source: str, hypothesis: Hypothesis, target: str) -> Translated:
    text = " ".join(hypothesis.text.split())
    if ":" not in source:  # else what looks like the model's label may be the source's own
        text = bare(text)
    if not is_quoted(source):
        text = unquoted(text)
    if not text:
        return Translated(source, (Notice("untranslated", f"The model wrote nothing for: {source}"),))
    faults = []
    if hypothesis.finish != "end":
        faults.append(Notice("incomplete", f"The model did not come to an end on: {source}"))
    if not is_in(text, target):
        faults.append(Notice("wrong_language", f"The model did not write {target} for: {source}"))
    if set(numbers(text)) != set(numbers(source)):
        faults.append(Notice("numbers_differ", f"Compare the numbers of: {source}"))
    return Translated(text, tuple(faults))
