"""Parses numbers in digits, in words and in both ("4.6 million", "forty", "3万5千").

A number consists of adjacent atoms: digits, small number words that add up (forty, two), and multipliers (hundred,
million).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import regex

from summarizer.article import Span
from summarizer.checking.facts.digits import amount
from summarizer.checking.facts.lexicon import MYRIAD, Lexicon, lexicon, lookup_key

TEN, HUNDRED = 10, 100

_NAMED = regex.compile(r"[\p{L},]\s$")
_CURRENCY = regex.compile(r"\p{Sc}")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and its span. `is_digits` is set if any part is written in digits."""

    value: Decimal
    span: Span
    is_digits: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """A part of a number: digits, a small number word, or a multiplier."""

    kind: str
    value: Decimal
    text: str
    span: Span


def numerals(text: str, language: str) -> Iterator[Numeral]:
    """Yields the numbers of a text in order, except "one", "a" and vague words ("hundreds")."""
    known = lexicon(language)
    for run in _runs(list(_atoms(text, language, known)), text, known):
        yield from _read(run, text, known)


def _atoms(text: str, language: str, known: Lexicon) -> Iterator[Atom]:
    compounds = list(known.compound.finditer(text)) if known.compound else []
    at = 0
    for match in sorted([*known.pattern.finditer(text), *compounds], key=lambda one: (one.start(), -one.end())):
        if match.start() < at:
            continue
        at = match.end()
        if match in compounds:
            yield from _split(match, known)
        elif match["digits"]:
            yield Atom("digits", amount(match["digits"], language), match["digits"], Span(*match.span("digits")))
        elif atom := _atom(match["word"], Span(*match.span("word")), known):
            yield atom


def _atom(word: str, span: Span, known: Lexicon) -> Atom | None:
    """The number word, or None for a joiner."""
    key = lookup_key(word)
    if key in known.multipliers:
        return Atom("multiplier", known.multipliers[key], key, span)
    return Atom("small", known.small[key], key, span) if key in known.small else None


def _split(match: regex.Match[str], known: Lexicon) -> Iterator[Atom]:
    """The parts of a compound in descending order; German puts units before tens."""
    parts, span = match.captures("part"), Span(*match.span())
    swapped: Atom | None = None
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        atom = _atom(part, span, known)
        if atom is None:
            continue
        if following.lower() == "und" and atom.value < TEN:
            swapped = atom
        else:
            yield atom
            if swapped:
                yield swapped
            swapped = None
    if swapped:
        yield swapped


def _runs(atoms: list[Atom], text: str, known: Lexicon) -> Iterator[list[Atom]]:
    """Groups adjacent atoms."""
    run: list[Atom] = []
    for atom, following in zip(atoms, [*atoms[1:], None], strict=False):
        if run and not _are_adjacent(run[-1], atom, following, text, known):
            yield run
            run = []
        run.append(atom)
    if run:
        yield run


def _are_adjacent(one: Atom, other: Atom, following: Atom | None, text: str, known: Lexicon) -> bool:
    if other.span.start < one.span.end:  # both are parts of one compound
        return True
    if other.kind == "digits" and not _continues(one, following, known):
        return False
    if one.kind == "digits" and other.kind == "small" and other.value >= 1:  # 250 năm are 250 years, not 255
        return False
    return bool(known.gap.fullmatch(text, one.span.end, other.span.start))


def _continues(one: Atom, following: Atom | None, known: Lexicon) -> bool:
    """Whether digits after an atom belong to the same number: 3万5千, 3 млн 200 тыс."""
    if one.kind != "multiplier":
        return False
    smaller = following is not None and following.kind == "multiplier" and following.value < one.value
    return known.closing == MYRIAD or smaller


def _read(run: list[Atom], text: str, known: Lexicon) -> Iterator[Numeral]:
    """The numbers of a run of atoms, which is split where they do not form a single number."""
    if known.closing == MYRIAD and all(atom.kind == "small" for atom in run):
        if len(run) > 2:  # noqa: PLR2004 - 二〇一六; two digits, as in 三四, are an estimate
            value = Decimal("".join(str(atom.value) for atom in run))
            yield Numeral(value, Span(run[0].span.start, run[-1].span.end), is_digits=False)
            return
        if len(run) > 1:
            return
    while run:
        total = _Sum(known)
        count = next((at for at, atom in enumerate(run) if not total.add(atom, text)), len(run)) or 1
        part, run = run[:count], run[count:]
        if _is_number(part, text, known):
            span = Span(min(atom.span.start for atom in part), max(atom.span.end for atom in part))
            yield Numeral(total.value, span, is_digits=any(atom.kind == "digits" for atom in part))


class _Sum:
    """Adds up the atoms of one number."""

    def __init__(self, known: Lexicon) -> None:
        self._known = known
        self._total = self._section = Decimal(0)
        self._pending: Decimal | None = None
        self._last = Decimal("Infinity")
        self._is_first = True

    @property
    def value(self) -> Decimal:
        return self._total + self._section + (self._pending or 0)

    def add(self, atom: Atom, text: str) -> bool:
        """Adds an atom; returns False if it starts another number."""
        fits = self._multiply(atom, text) if atom.kind == "multiplier" else self._add_value(atom)
        self._is_first = False
        return fits

    def _add_value(self, atom: Atom) -> bool:
        value = atom.value
        if self._pending is None:
            if self._section and value >= _place(self._section):
                return False
            self._pending = value
            return not (atom.kind == "digits" and not self._is_first and value >= self._last)
        tens = self._known.is_unit_first and 0 < self._pending % HUNDRED < TEN <= value < HUNDRED
        if atom.kind == "digits" or not (tens or (value < _place(self._pending) and self._pending > value)):
            return False
        self._pending += value
        return True

    def _multiply(self, atom: Atom, text: str) -> bool:
        if len(atom.text) == 1 and atom.text.isascii() and not _is_money(atom, text):
            return False
        times = atom.value
        if times < self._known.closing:
            pending = Decimal(1) if self._pending is None else self._pending
            own = pending % (times * 10) or pending  # in "a hundred and two ten", only the two is multiplied
            self._section += pending - own + own * times
            self._pending = None
            return True
        group = self._section + (self._pending or 0)
        if times > self._last:  # a thousand million
            self._total = (self._total + group) * times
        else:
            self._total += (group or 1) * times
        self._last, self._section, self._pending = times, Decimal(0), None
        return True


def _place(value: Decimal) -> Decimal:
    """The place value of the last non-zero digit: 100 for 300, 1 for 25."""
    if value != value.to_integral_value():
        return Decimal(0)
    digits = str(int(value))
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0")))


def _is_money(atom: Atom, text: str) -> bool:
    """Whether a single letter for a million is next to a currency sign: `$5m`, `5 M€`; otherwise it is a metre."""
    before = regex.search(r"\p{Sc}\s?[\p{Nd}.,]+\s?$", text[max(0, atom.span.start - 20) : atom.span.start])
    return bool(before or _CURRENCY.match(text, atom.span.end))


def _is_number(part: list[Atom], text: str, known: Lexicon) -> bool:
    """Whether atoms are a number and not other words that look like one."""
    first = part[0]
    if any(atom.kind == "digits" for atom in part):
        return True
    start, end = min(atom.span.start for atom in part), max(atom.span.end for atom in part)
    if known.closing == MYRIAD:
        return _is_number_unspaced(part, text, known, start, end)
    if len(part) == 1 and (
        first.text in known.uncounted or (first.text in known.ordinals and known.part.match(text, end))
    ):
        return False
    if text[start].isupper() and _NAMED.search(text[:start]) and regex.match(r"[\s-]\p{Lu}", text[end:]):
        return False  # Six Flags, the Seventh Fleet
    if first.kind == "multiplier":
        return first.text in known.alone or bool(known.ones.search(text[max(0, start - 6) : start]))
    return True


def _is_number_unspaced(part: list[Atom], text: str, known: Lexicon, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    if before in {"几", "数", "數", "幾", "何"} or (_is_hangul(text, start) and regex.match(r"\p{Hangul}", before)):
        return False
    counted = bool(known.counters.match(text, end))
    if len(part) == 1:
        single = part[0]
        is_native = single.text in known.native or not _is_hangul(text, start)
        return counted and is_native and single.value != 1 and single.text not in known.uncounted
    has_leading_digit = part[0].kind == "small" or part[0].value == TEN  # 十五 needs no 一 before it
    return (has_leading_digit and {atom.kind for atom in part} == {"small", "multiplier"}) or counted


def _is_hangul(text: str, at: int) -> bool:
    return bool(regex.match(r"\p{Hangul}", text[at : at + 1]))
