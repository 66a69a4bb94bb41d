"""Numbers in digits, in words and in both ("4.6 million", "forty", "3万5千"), as spans with their values.

A number is put together from atoms that stand side by side: digits, small words that add up (forty, two), and
multipliers (hundred, million).
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
    """A number and where it stands. `is_digits` where some of it is written in digits."""

    value: Decimal
    span: Span
    is_digits: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a number: digits, a small number in words, or a multiplier."""

    kind: str
    value: Decimal
    text: str
    span: Span


def numerals(text: str, language: str) -> Iterator[Numeral]:
    """The numbers of a text in order. "One", "a" and vague words ("hundreds") are none."""
    known = lexicon(language)
    for run in _runs(list(_atoms(text, language, known)), text, known):
        yield from _read(run, text, known)


def _atoms(text: str, language: str, known: Lexicon) -> Iterator[Atom]:
    compounds = list(known.compound.finditer(text)) if known.compound else []
    found = [*known.pattern.finditer(text), *compounds]
    at = 0
    for match in sorted(found, key=lambda one: (one.start(), -one.end())):
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
    spelled = lookup_key(word)
    if spelled in known.multipliers:
        return Atom("multiplier", known.multipliers[spelled], spelled, span)
    return Atom("small", known.small[spelled], spelled, span) if spelled in known.small else None


def _split(match: regex.Match[str], known: Lexicon) -> Iterator[Atom]:
    """A compound's parts in the order of their size; German says units before tens."""
    parts, whole = match.captures("part"), Span(*match.span())
    swapped: Atom | None = None
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        atom = _atom(part, whole, known)
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
    """Atoms that stand side by side."""
    run: list[Atom] = []
    for atom, following in zip(atoms, [*atoms[1:], None], strict=False):
        if run and not _touch(run[-1], atom, following, text, known):
            yield run
            run = []
        run.append(atom)
    if run:
        yield run


def _touch(one: Atom, other: Atom, following: Atom | None, text: str, known: Lexicon) -> bool:
    if other.span.start < one.span.end:  # both are parts of one compound
        return True
    if other.kind == "digits" and not _goes_on(one, following, known):
        return False
    if one.kind == "digits" and other.kind == "small" and other.value >= 1:  # 250 năm are 250 years, not 255
        return False
    return bool(known.gap.fullmatch(text, one.span.end, other.span.start))


def _goes_on(one: Atom, following: Atom | None, known: Lexicon) -> bool:
    """Whether digits behind an atom are of its number: 3万5千, 3 млн 200 тыс."""
    if one.kind != "multiplier":
        return False
    smaller = following is not None and following.kind == "multiplier" and following.value < one.value
    return known.closing == MYRIAD or smaller


def _read(run: list[Atom], text: str, known: Lexicon) -> Iterator[Numeral]:
    """The numbers of a run: as many as its atoms do not make one of."""
    if known.closing == MYRIAD and all(atom.kind == "small" for atom in run):
        if len(run) > 2:  # noqa: PLR2004 - 二〇一六; two, as in 三四, are a guess
            value = Decimal("".join(str(atom.value) for atom in run))
            yield Numeral(value, Span(run[0].span.start, run[-1].span.end), is_digits=False)
            return
        if len(run) > 1:
            return
    while run:
        whole = _Sum(known)
        taken = next((at for at, atom in enumerate(run) if not whole.take(atom, text)), len(run)) or 1
        part, run = run[:taken], run[taken:]
        if _counts(part, text, known):
            span = Span(min(atom.span.start for atom in part), max(atom.span.end for atom in part))
            yield Numeral(whole.value, span, is_digits=any(atom.kind == "digits" for atom in part))


class _Sum:
    """Atoms added up to one number."""

    def __init__(self, known: Lexicon) -> None:
        self._known = known
        self._total = self._section = Decimal(0)
        self._pending: Decimal | None = None
        self._last = Decimal("Infinity")
        self._is_first = True

    @property
    def value(self) -> Decimal:
        return self._total + self._section + (self._pending or 0)

    def take(self, atom: Atom, text: str) -> bool:
        """Adds an atom; False when it begins another number."""
        fits = self._multiply(atom, text) if atom.kind == "multiplier" else self._add(atom)
        self._is_first = False
        return fits

    def _add(self, atom: Atom) -> bool:
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
            own = pending % (times * 10) or pending  # of a hundred and two, times ten, only the two
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
    """The place of a number's last digit that is not zero: 100 of 300, 1 of 25."""
    if value != value.to_integral_value():
        return Decimal(0)
    digits = str(int(value))
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0")))


def _is_money(atom: Atom, text: str) -> bool:
    """Whether a lone letter for a million stands by a currency: `$5m`, `5 M€`; else it is a metre."""
    before = regex.search(r"\p{Sc}\s?[\p{Nd}.,]+\s?$", text[max(0, atom.span.start - 20) : atom.span.start])
    return bool(before or _CURRENCY.match(text, atom.span.end))


def _counts(part: list[Atom], text: str, known: Lexicon) -> bool:
    """Whether atoms are a number rather than words that look like one."""
    first = part[0]
    if any(atom.kind == "digits" for atom in part):
        return True
    start, end = min(atom.span.start for atom in part), max(atom.span.end for atom in part)
    if known.closing == MYRIAD:
        return _counts_unspaced(part, text, known, start, end)
    if len(part) == 1 and (
        first.text in known.uncounted or (first.text in known.ordinals and known.part.match(text, end))
    ):
        return False
    if text[start].isupper() and _NAMED.search(text[:start]) and regex.match(r"[\s-]\p{Lu}", text[end:]):
        return False  # Six Flags, the Seventh Fleet
    if first.kind == "multiplier":
        return first.text in known.alone or bool(known.ones.search(text[max(0, start - 6) : start]))
    return True


def _counts_unspaced(part: list[Atom], text: str, known: Lexicon, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    if before in {"几", "数", "數", "幾", "何"} or (first_hangul(text, start) and regex.match(r"\p{Hangul}", before)):
        return False
    counted = bool(known.counters.match(text, end))
    if len(part) == 1:
        single = part[0]
        is_native = single.text in known.native or not first_hangul(text, start)
        return counted and is_native and single.value != 1 and single.text not in known.uncounted
    whole = part[0].kind == "small" or part[0].value == TEN  # 十五 needs no 一 before it
    return (whole and {atom.kind for atom in part} == {"small", "multiplier"}) or counted


def first_hangul(text: str, at: int) -> bool:
    """Whether the letter at a place is Korean."""
    return bool(regex.match(r"\p{Hangul}", text[at : at + 1]))
