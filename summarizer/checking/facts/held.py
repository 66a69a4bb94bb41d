"""What a text holds: whether a fact of another text, in its language or in another, is among its facts."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from itertools import pairwise

import regex

from summarizer.checking.facts.days import PartialDate
from summarizer.checking.facts.fact import Fact
from summarizer.checking.facts.implied import implied_numbers
from summarizer.checking.facts.names import Name, parts
from summarizer.checking.facts.places import place_names
from summarizer.checking.facts.quantities import NumberPair, Quantity
from summarizer.checking.facts.quotes import alphanumeric
from summarizer.checking.facts.rounding import Rounding
from summarizer.checking.facts.scan import facts
from summarizer.checking.facts.sound import folded, is_form, skeleton
from summarizer.checking.facts.tables import is_known_spaced, phrases, table
from summarizer.checking.facts.units import are_compatible
from summarizer.languages import primary

CLOSE = 8
"""Characters between two numbers of a range."""

BONES = 3
"""Consonants from which a name is told by its sound."""

PART = 5
"""Letters from which a name may be a part of a longer word."""

_ARTICLE = regex.compile(r"(?<!\p{L})(?:[وفبلك]?ال|لل)(\p{Arabic}{3,})")
"""Arabic words without the article before them."""

_CASELESS = frozenset({"zh", "ja", "ko", "ar", "hi", "th", "fa", "ur"})


class FactIndex:
    """The facts of a text in `language`, ready to be asked for. `more` is text that supports but is not the text's."""

    def __init__(self, text: str, language: str, more: str = "") -> None:
        whole = f"{text}\n{more}"
        self.language = language
        self.facts = facts(text, language)
        self._plain = alphanumeric(whole)
        self._words = {folded(word) for word in (*parts(whole), *_ARTICLE.findall(whole))} - {""}
        self._joined = " ".join(self._words)
        self._whole = whole
        self._is_spaced = is_known_spaced(language)
        self._starts: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._starts[word[:3]].append(word)
        self._amounts: dict[Decimal, set[str]] = defaultdict(set)
        self._days: set[PartialDate] = set()
        self._places: set[str] = set()
        self._initials: set[str] = set()
        self._names: set[str] = set()
        self._place_words: set[str] = set()
        self._scores: set[NumberPair] = set()
        for fact in (*self.facts, *facts(more, language)):
            self._add(fact)
        self._scores |= set(_neighbours(self.facts))
        for amount in implied_numbers(whole, language):
            self._amounts[amount].add("")

    @cached_property
    def _bones(self) -> set[str]:
        return {skeleton(word) for word in self._words}

    @cached_property
    def _free(self) -> set[str]:
        """The sounds of all words but places: Australia is no other language's Austria."""
        return {skeleton(word) for word in self._words - self._place_words}

    @cached_property
    def _sound(self) -> str:
        return folded(self._whole)

    def is_name(self, word: str) -> bool:
        """Whether a folded word is one of the text's names, or of their words."""
        return word in self._names

    def knows(self, word: str) -> bool:
        """Whether the text has a folded word of its own language, or a form of it."""
        return self._knows(word, self.language)

    def _add(self, fact: Fact) -> None:
        if isinstance(fact.value, Quantity):
            for amount, unit in _readings(fact.value):
                self._amounts[amount].add(unit)
        elif isinstance(fact.value, PartialDate):
            self._days.add(fact.value)
            for number, unit in zip(fact.value[:3], ("", "date", "date"), strict=True):
                if number is not None:
                    self._amounts[Decimal(number)].add(unit)
        elif isinstance(fact.value, NumberPair):
            self._scores.add(fact.value)
            for amount in fact.value:
                self._amounts[amount].add("score")
        elif isinstance(fact.value, Name):
            self._places.add(fact.value.place)
            self._names |= set(fact.value.words)
            if fact.value.place:
                self._place_words |= set(fact.value.words)
            self._initials.add("".join(word[0] for word in fact.value.words if word))

    def holds(self, fact: Fact, language: str, rounding: Rounding | None = None) -> bool:
        """Whether the text says the fact, which another in `language` says; `rounding` is how that one hedges it."""
        if isinstance(fact.value, NumberPair):
            return bool({fact.value, NumberPair(*reversed(fact.value))} & self._scores)
        if isinstance(fact.value, Quantity):
            one = fact.value.amount == 1 and not is_same_language(
                language, self.language
            )  # as often an article, or "first"
            return one or self._holds_quantity(fact.value, rounding, same=is_same_language(language, self.language))
        if isinstance(fact.value, PartialDate):
            return self._holds_day(fact.value)
        if isinstance(fact.value, Name):
            return self._holds_name(fact.text, fact.value, language)
        return not is_same_language(language, self.language) or all(
            piece in self._plain for piece in self._pieces(fact)
        )

    @staticmethod
    def _pieces(fact: Fact) -> Iterable[str]:
        assert isinstance(fact.value, tuple)
        return fact.value

    def _holds_quantity(self, wanted: Quantity, rounding: Rounding | None, *, same: bool) -> bool:
        """Whether the amount is there in a unit that may be the same, or one that it is a stated rounding of."""
        for amount, unit in _readings(wanted):
            if any(are_compatible(unit, other, same_language=same) for other in self._amounts.get(amount, ())):
                return True
        if rounding is None:
            return False
        return any(
            rounding.covers(amount, wanted.amount)
            and any(are_compatible(wanted.unit, unit, same_language=same) for unit in units)
            for amount, units in self._amounts.items()
        )

    def _holds_day(self, wanted: PartialDate) -> bool:
        days = self._days
        year = wanted.year is None or Decimal(wanted.year) in self._amounts
        weekday = wanted.weekday is None or any(day.weekday == wanted.weekday for day in days)
        if wanted.day is None:
            date = wanted.month is None or any(day.month == wanted.month for day in days)
        else:
            date = any((day.month, day.day) == (wanted.month, wanted.day) for day in days)
        return year and weekday and date

    def _holds_name(self, spelled: str, name: Name, language: str) -> bool:
        if alphanumeric(spelled) in self._plain or (name.place and self.knows_place(name.place)):
            return True
        if len(name.words) == 1 and name.words[0] in self._initials and len(name.words[0]) > 1:
            return True
        unknown = [word for word in name.words if not self._knows(word, language)]
        if name.place:
            others = self._place_words
            return all(self._has_form(word, but=others) or self._sounds(word, self._free) for word in name.words)
        if is_same_language(language, self.language):
            return not unknown or (primary(language) == "de" and self._is_noun(spelled, name, unknown))
        # Titles and institutions are translated; whole names of people are not.
        return (
            not self._is_spaced
            or len(name.words) == 1
            or len(unknown) < len(name.words)
            or primary(language) in {"de", *_CASELESS}
        )

    @staticmethod
    def _is_noun(spelled: str, name: Name, unknown: list[str]) -> bool:
        """Whether what is unknown of a German name is a noun beside it: `Minister Maas`, `Google-Tochter`."""
        return unknown[-1] != name.words[-1] or ("-" in spelled and len(unknown) < len(name.words))

    def knows_place(self, code: str) -> bool:
        """Whether the text names the place of a code, in whatever form."""
        if code in self._places:
            return True
        known = place_names(code, self.language)
        if not self._is_spaced:
            return any(alphanumeric(name) in self._plain for name in known)
        if any(folded(name) in self._sound for name in known if len(folded(name)) > PART):
            return True
        stems = tuple(folded(name)[:PART] for name in known if len(name) >= PART - 1)
        return any(word.startswith(stems) for word in self._words - self._place_words)

    def _knows(self, word: str, language: str) -> bool:
        if word in _common(language) or self._has_form(word) or (len(word) >= PART and word in self._joined):
            return True
        if is_same_language(language, self.language):
            return False
        return len(skeleton(word)) < BONES or self._sounds(word, self._bones)  # too short to tell

    @staticmethod
    def _sounds(word: str, among: set[str]) -> bool:
        """Whether a word sounds like one of these skeletons."""
        bones = skeleton(word)
        return len(bones) >= BONES and (bones in among or any(_near(bones, other) for other in among))

    def _has_form(self, word: str, *, but: AbstractSet[str] = frozenset()) -> bool:
        kin = (other for other in self._starts.get(word[:3], ()) if other not in but)
        return word in self._words or any(is_form(word, other) for other in kin)


@lru_cache(maxsize=64)
def fact_index(text: str, language: str) -> FactIndex:
    """The facts of a sentence, which several checks and several translations of it ask for."""
    return FactIndex(text, language)


def _neighbours(found: Iterable[Fact]) -> Iterable[NumberPair]:
    """Numbers that stand close to each other: "between 10 and 12" may be told as 10-12."""
    numbers = [fact for fact in found if isinstance(fact.value, Quantity)]
    for one, other in pairwise(numbers):
        if other.span.start - one.span.end <= CLOSE:
            yield NumberPair(one.value.amount, other.value.amount)  # type: ignore[attr-defined]


def _readings(quantity: Quantity) -> list[tuple[Decimal, str]]:
    """The amount, and how else it may be written: half past six is 6.30, six o'clock 6, two decades are 20 years."""
    if quantity.unit == "decade":
        return [(quantity.amount, "decade"), (quantity.amount * 10, "year")]
    if quantity.unit != "time":
        return [(quantity.amount, quantity.unit)]
    hour, minute = divmod(int(quantity.amount), 60)
    found = [
        (quantity.amount, "time"),
        (Decimal(f"{hour}.{minute:02}"), ""),
        (Decimal(hour * 60 + minute + 720) % 1440, "time"),
    ]
    return [*found, *([(Decimal(hour), ""), (Decimal(hour % 12), "")] if minute == 0 else [])]


def is_same_language(one: str, other: str) -> bool:
    """Whether two tags are of one language, or one could not be told."""
    return "und" in {one, other} or primary(one) == primary(other)


def _near(one: str, other: str) -> bool:
    """Whether two skeletons differ by one sound at most."""
    if abs(len(one) - len(other)) > 1 or one[:1] != other[:1]:
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == len(longer):
        return len(one) > BONES and sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


@cache
def _common(language: str) -> frozenset[str]:
    return frozenset(map(folded, phrases(table(language).get("names", {}).get("common", ""))))
