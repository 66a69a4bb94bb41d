"""Looks up facts of one text among the facts of another, in the same language or a different one."""

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

MAX_GAP = 8
"""Characters, at most, between the two numbers of a range."""

MIN_CONSONANTS = 3
"""Consonants from which names are compared by sound."""

MIN_PART = 5
"""Letters from which a name may be part of a longer word."""

_ARTICLE = regex.compile(r"(?<!\p{L})(?:[وفبلك]?ال|لل)(\p{Arabic}{3,})")
"""Arabic words without their article."""

_CASELESS = frozenset({"zh", "ja", "ko", "ar", "hi", "th", "fa", "ur"})


class FactIndex:
    """The facts of a text in `language`. `metadata` is further text, e.g. a title, that may mention facts too."""

    def __init__(self, text: str, language: str, metadata: str = "") -> None:
        full_text = f"{text}\n{metadata}"
        self.language = language
        self.facts = facts(text, language)
        self._full_text = full_text
        self._alphanumeric = alphanumeric(full_text)
        self._words = {folded(word) for word in (*parts(full_text), *_ARTICLE.findall(full_text))} - {""}
        self._joined_words = " ".join(self._words)
        self._is_spaced = is_known_spaced(language)
        self._by_prefix: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_prefix[word[:3]].append(word)
        self._units: dict[Decimal, set[str]] = defaultdict(set)
        self._dates: set[PartialDate] = set()
        self._places: set[str] = set()
        self._initials: set[str] = set()
        self._name_words: set[str] = set()
        self._place_words: set[str] = set()
        self._pairs: set[NumberPair] = set()
        for fact in (*self.facts, *facts(metadata, language)):
            self._add(fact)
        self._pairs |= set(_adjacent_numbers(self.facts))
        for amount in implied_numbers(full_text, language):
            self._units[amount].add("")

    @cached_property
    def _skeletons(self) -> set[str]:
        return {skeleton(word) for word in self._words}

    @cached_property
    def _skeletons_without_places(self) -> set[str]:
        """Skeletons of all words except places, since Australia must not match Austria."""
        return {skeleton(word) for word in self._words - self._place_words}

    @cached_property
    def _folded_text(self) -> str:
        return folded(self._full_text)

    def is_name_word(self, word: str) -> bool:
        """Returns whether a folded word is part of a name in the text."""
        return word in self._name_words

    def has_word(self, word: str) -> bool:
        """Returns whether the text contains a folded word of its language, or a form of it."""
        return self._has_word(word, self.language)

    def _add(self, fact: Fact) -> None:
        if isinstance(fact.value, Quantity):
            for amount, unit in _readings(fact.value):
                self._units[amount].add(unit)
        elif isinstance(fact.value, PartialDate):
            self._dates.add(fact.value)
            for number, unit in zip(fact.value[:3], ("", "date", "date"), strict=True):
                if number is not None:
                    self._units[Decimal(number)].add(unit)
        elif isinstance(fact.value, NumberPair):
            self._pairs.add(fact.value)
            for amount in fact.value:
                self._units[amount].add("score")
        elif isinstance(fact.value, Name):
            self._places.add(fact.value.place)
            self._name_words |= set(fact.value.words)
            if fact.value.place:
                self._place_words |= set(fact.value.words)
            self._initials.add("".join(word[0] for word in fact.value.words if word))

    def mentions(self, fact: Fact, language: str, rounding: Rounding | None = None) -> bool:
        """Returns whether the text mentions a fact of another text in `language`, which hedges it with `rounding`."""
        is_same = is_same_language(language, self.language)
        if isinstance(fact.value, NumberPair):
            return bool({fact.value, NumberPair(*reversed(fact.value))} & self._pairs)
        if isinstance(fact.value, Quantity):
            if fact.value.amount == 1 and not is_same:  # may also be an indefinite article, or "first"
                return True
            return self._mentions_quantity(fact.value, rounding, same=is_same)
        if isinstance(fact.value, PartialDate):
            return self._mentions_date(fact.value)
        if isinstance(fact.value, Name):
            return self._mentions_name(fact.text, fact.value, language)
        return not is_same or all(piece in self._alphanumeric for piece in self._pieces(fact))

    @staticmethod
    def _pieces(fact: Fact) -> Iterable[str]:
        assert isinstance(fact.value, tuple)
        return fact.value

    def _mentions_quantity(self, quantity: Quantity, rounding: Rounding | None, *, same: bool) -> bool:
        """Whether the text has the amount in a compatible unit, or an exact amount that the quantity rounds."""
        for amount, unit in _readings(quantity):
            if any(are_compatible(unit, other, same_language=same) for other in self._units.get(amount, ())):
                return True
        if rounding is None:
            return False
        return any(
            rounding.covers(amount, quantity.amount)
            and any(are_compatible(quantity.unit, unit, same_language=same) for unit in units)
            for amount, units in self._units.items()
        )

    def _mentions_date(self, date: PartialDate) -> bool:
        has_year = date.year is None or Decimal(date.year) in self._units
        has_weekday = date.weekday is None or any(own.weekday == date.weekday for own in self._dates)
        if date.day is None:
            has_day = date.month is None or any(own.month == date.month for own in self._dates)
        else:
            has_day = any((own.month, own.day) == (date.month, date.day) for own in self._dates)
        return has_year and has_weekday and has_day

    def _mentions_name(self, text: str, name: Name, language: str) -> bool:
        if alphanumeric(text) in self._alphanumeric or (name.place and self.mentions_place(name.place)):
            return True
        if len(name.words) == 1 and name.words[0] in self._initials and len(name.words[0]) > 1:
            return True
        unknown = [word for word in name.words if not self._has_word(word, language)]
        if name.place:
            return all(
                self._has_form(word, excluding=self._place_words) or self._sounds(word, self._skeletons_without_places)
                for word in name.words
            )
        if is_same_language(language, self.language):
            return not unknown or (primary(language) == "de" and self._is_noun(text, name, unknown))
        # Titles and institutions are translated; full names of people are not.
        return (
            not self._is_spaced
            or len(name.words) == 1
            or len(unknown) < len(name.words)
            or primary(language) in {"de", *_CASELESS}
        )

    @staticmethod
    def _is_noun(text: str, name: Name, unknown: list[str]) -> bool:
        """Whether the unknown words of a German name are nouns next to it: `Minister Maas`, `Google-Tochter`."""
        return unknown[-1] != name.words[-1] or ("-" in text and len(unknown) < len(name.words))

    def mentions_place(self, code: str) -> bool:
        """Returns whether the text mentions the place with a code, in any form of its name."""
        if code in self._places:
            return True
        names = place_names(code, self.language)
        if not self._is_spaced:
            return any(alphanumeric(name) in self._alphanumeric for name in names)
        if any(folded(name) in self._folded_text for name in names if len(folded(name)) > MIN_PART):
            return True
        stems = tuple(folded(name)[:MIN_PART] for name in names if len(name) >= MIN_PART - 1)
        return any(word.startswith(stems) for word in self._words - self._place_words)

    def _has_word(self, word: str, language: str) -> bool:
        is_part = len(word) >= MIN_PART and word in self._joined_words
        if word in _common_words(language) or self._has_form(word) or is_part:
            return True
        if is_same_language(language, self.language):
            return False
        return len(skeleton(word)) < MIN_CONSONANTS or self._sounds(word, self._skeletons)  # too short to compare

    @staticmethod
    def _sounds(word: str, skeletons: set[str]) -> bool:
        """Whether a word sounds like one with any of these skeletons."""
        own = skeleton(word)
        return len(own) >= MIN_CONSONANTS and (own in skeletons or any(_is_near(own, other) for other in skeletons))

    def _has_form(self, word: str, *, excluding: AbstractSet[str] = frozenset()) -> bool:
        candidates = (other for other in self._by_prefix.get(word[:3], ()) if other not in excluding)
        return word in self._words or any(is_form(word, other) for other in candidates)


@lru_cache(maxsize=64)
def fact_index(text: str, language: str) -> FactIndex:
    """Returns the facts of a sentence, cached for the checks of all its translations."""
    return FactIndex(text, language)


def _adjacent_numbers(all_facts: Iterable[Fact]) -> Iterable[NumberPair]:
    """Pairs of numbers next to each other: "between 10 and 12" may be written 10-12."""
    numbers = [fact for fact in all_facts if isinstance(fact.value, Quantity)]
    for one, other in pairwise(numbers):
        if other.span.start - one.span.end <= MAX_GAP:
            yield NumberPair(one.value.amount, other.value.amount)  # type: ignore[attr-defined]


def _readings(quantity: Quantity) -> list[tuple[Decimal, str]]:
    """The amount, and other notations of it: half past six is 6.30, six o'clock 6, two decades are 20 years."""
    if quantity.unit == "decade":
        return [(quantity.amount, "decade"), (quantity.amount * 10, "year")]
    if quantity.unit != "time":
        return [(quantity.amount, quantity.unit)]
    hour, minute = divmod(int(quantity.amount), 60)
    readings = [
        (quantity.amount, "time"),
        (Decimal(f"{hour}.{minute:02}"), ""),
        (Decimal(hour * 60 + minute + 720) % 1440, "time"),
    ]
    return [*readings, *([(Decimal(hour), ""), (Decimal(hour % 12), "")] if minute == 0 else [])]


def is_same_language(one: str, other: str) -> bool:
    """Returns whether two tags are of the same language, or one is undetermined."""
    return "und" in {one, other} or primary(one) == primary(other)


def _is_near(one: str, other: str) -> bool:
    """Whether two skeletons differ by at most one consonant."""
    if abs(len(one) - len(other)) > 1 or one[:1] != other[:1]:
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == len(longer):
        return len(one) > MIN_CONSONANTS and sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


@cache
def _common_words(language: str) -> frozenset[str]:
    return frozenset(map(folded, phrases(table(language).get("names", {}).get("common", ""))))
