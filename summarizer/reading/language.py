"""Which language a text is in: statistics over bytes, weighed with what a news desk expects, words, letters, script."""

import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import regex
from py3langid import langid

from summarizer import languages
from summarizer.article import Candidate, Detection
from summarizer.languages import UNDETERMINED
from summarizer.reading.scripts import script_counts
from summarizer.reading.variants import scripts_of, with_variant

TABLE = Path(__file__).parent / "data" / "languages.toml"

NATIONAL, REGIONAL = 0.08, 0.008
"""Weights of languages with a national press and of all others, where a world language weighs 1."""

FOREIGN_LETTER, FOREIGN_SCRIPT = 1.2, 6.0
"""What a letter outside the alphabet, and another script, cost a language, in natural logarithms."""

UNLIKELY = 1e-12
"""The least probability that a language is given."""

SHARED = frozenset({"Latn", "Cyrl", "Arab", "Deva"})
"""Scripts that many languages write, so that a text in one of them still has to be looked at."""

WINDOW, WINDOWS = 240, 8
"""Characters looked at together, and how many such places of a long text are looked at."""

ENOUGH, AGREED = WINDOWS // 2, 0.99
"""So many windows, spread over a text, are enough where all are of one language, each as surely."""

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LETTER = regex.compile(r"\p{L}")
_DENSE = regex.compile(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")
_PIECE = regex.compile(rf"\S.{{0,{WINDOW - 1}}}(?!\S)|\S.{{0,{WINDOW - 1}}}", regex.DOTALL)
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz")


def detect(text: str) -> Detection:
    """The language of a text as a BCP 47 tag with its confidence, 0 to 1, and up to five candidates, best first.

    A text in several languages shares the confidence among them. "und" is the answer where no language is likely
    enough; the shorter the text, the surer it must be.
    """
    windows = _windows(text)
    if not windows:
        return Detection(UNDETERMINED, 0.0)
    shares = _shares(windows)
    whole, sample = shares.total(), "\n".join(windows)
    ranked = [Candidate(with_variant(tag, sample), round(share / whole, 4)) for tag, share in shares.most_common(5)]
    best = ranked[0]
    known = best.confidence >= _needed(windows)
    return Detection(best.language if known else UNDETERMINED, best.confidence, tuple(ranked))


def _shares(windows: list[str]) -> Counter[str]:
    """The letters that each language has of the windows, of every second one where those are enough."""
    looked = windows[::2]
    found = [_posterior(window) for window in looked]
    if len(looked) < ENOUGH or not _agree(found):
        looked += windows[1::2]
        found += [_posterior(window) for window in windows[1::2]]
    shares: Counter[str] = Counter()
    for window, posterior in zip(looked, found, strict=True):
        weight = _letters(window)
        shares.update({tag: share * weight for tag, share in posterior.items()})
    return shares


def _agree(found: list[dict[str, float]]) -> bool:
    likeliest = {max(posterior, key=posterior.__getitem__) for posterior in found}
    return len(likeliest) == 1 and min(max(posterior.values()) for posterior in found) >= AGREED


def is_written_in(language: str, text: str) -> bool:
    """Whether the text plainly is in the language: two of its small words are there, or its own script.

    A quick look that spares `detect`; False means only that it cannot be seen at once.
    """
    own = scripts_of(languages.primary(language))
    if own.isdisjoint(SHARED):
        found = script_counts(text)
        return bool(found) and found.keys() <= own
    small = small_words(languages.primary(language))
    return len(small.intersection(text[:WINDOW].lower().split())) > 1


def _needed(windows: list[str]) -> float:
    """The confidence that makes a language known. Measured on pieces of FLORES sentences: see benchmarks/reading.py."""
    if len(windows) > 1:
        return 0.55
    return max(0.12, 1.0 - 0.06 * _letters(windows[0]))


def _letters(text: str) -> int:
    """How many letters there are; one of Chinese, Japanese or Korean says as much as two."""
    dense = 0 if text.isascii() else len(_DENSE.findall(text))
    return sum(map(str.isalpha, text)) + dense


def _windows(text: str) -> list[str]:
    """Pieces of some 240 characters that hold letters, evenly spread over the text."""
    stride = max(WINDOW, -(-len(text) // WINDOWS))
    pieces = (_PIECE.search(text, start, start + WINDOW) for start in range(0, len(text), stride))
    return [piece.group() for piece in pieces if piece and _LETTER.search(piece.group())]


def _posterior(text: str) -> dict[str, float]:
    scores = _scores(text)
    top = max(scores.values())
    shares = {tag: math.exp(score - top) for tag, score in scores.items() if score > top - 12}
    whole = sum(shares.values())
    return {tag: share / whole for tag, share in shares.items()}


def _scores(text: str) -> dict[str, float]:
    """The logarithm of each language's probability, up to a constant."""
    scores = dict(_expected(next(iter(script_counts(text).most_common(1)), ("",))[0]))
    tags = _tags()
    for label, share in _identifier().rank(text):
        if share <= UNLIKELY:  # the likeliest come first
            break
        if label in tags:
            scores[tags[label]] += math.log(share / UNLIKELY)
    for tag, bonus in _by_words(text.lower()):
        scores[tag] += bonus
    for tag, malus in _by_letters(text):
        scores[tag] -= malus
    return scores


@cache
def _expected(script: str) -> Mapping[str, float]:
    """The scores of a text in a script that the identifier makes nothing of: what a news desk expects of each language.

    A script that a language is not written in speaks against it.
    """
    news = _table()["news"]
    known = {_tag(tag): math.log(NATIONAL) for tag in news["national"]} | {_tag(tag): 0.0 for tag in news["world"]}
    return {
        tag: math.log(UNLIKELY)
        + known.get(tag, math.log(REGIONAL))
        - (FOREIGN_SCRIPT if script and script not in scripts_of(tag) else 0)
        for tag in _tags().values()
    }


def _by_words(text: str) -> Iterator[tuple[str, float]]:
    """Small words speak for their languages: the fewer share a word, the more."""
    speakers = _speakers()
    for word in dict.fromkeys(_WORD.findall(text)):
        if tags := speakers.get(word):
            bonus = 0.4 * math.log1p(12 / len(tags))
            yield from ((tag, bonus) for tag in tags)


def _by_letters(text: str) -> Iterator[tuple[str, float]]:
    """Letters that an alphabet lacks speak against a language."""
    letters = {letter for letter in set(text.lower()) - _ASCII if letter.isalpha()}
    if letters:
        for tag, alphabet in _alphabets().items():
            yield tag, FOREIGN_LETTER * len(letters - alphabet)


@cache
def small_words(language: str) -> frozenset[str]:
    """The commonest small words of a language, given by its primary tag; none where the table has no row for it."""
    return _all_small_words().get(language, frozenset())


@cache
def _all_small_words() -> dict[str, frozenset[str]]:
    return {_tag(tag): frozenset(words.split()) for tag, words in _table()["words"].items()}


@cache
def _identifier() -> Any:  # the library ships no types
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


@cache
def _tag(label: str) -> str:
    return languages.canonical(label)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text("utf-8"))


@cache
def _tags() -> Mapping[str, str]:
    """The tag of each of the identifier's labels."""
    return {label: _tag(label) for label in _identifier().labels if label != "zxx"}


@cache
def _speakers() -> dict[str, list[str]]:
    speakers: dict[str, list[str]] = defaultdict(list)
    for tag, words in _all_small_words().items():
        for word in words:
            speakers[word].append(tag)
    return dict(speakers)


@cache
def _alphabets() -> dict[str, frozenset[str]]:
    return {_tag(tag): frozenset(letters) for tag, letters in _table()["letters"].items()}
