"""Language detection: byte n-gram statistics combined with priors for news, function words, alphabets and scripts."""

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
"""Prior weights of languages with a national press and of all others; a world language has weight 1."""

FOREIGN_LETTER, FOREIGN_SCRIPT = 1.2, 6.0
"""Penalties, in natural logarithms, for a letter outside a language's alphabet and for another script."""

MIN_PROBABILITY = 1e-12
"""The lowest probability assigned to a language."""

SHARED_SCRIPTS = frozenset({"Latn", "Cyrl", "Arab", "Deva"})
"""Scripts that many languages share, so that the script alone does not identify the language."""

WINDOW, WINDOWS = 240, 8
"""The size of a sampled window in characters, and the number of windows sampled from a long text."""

FIRST_WINDOWS, AGREEMENT = WINDOWS // 2, 0.99
"""The windows scored first; they are enough if all agree on the language with at least this probability."""

_WORD = regex.compile(r"[\p{L}\p{M}]+")

_DENSE = regex.compile(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")
_PIECE = regex.compile(rf"\S.{{0,{WINDOW - 1}}}(?!\S)|\S.{{0,{WINDOW - 1}}}", regex.DOTALL)
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz")


def detect(text: str) -> Detection:
    """Returns the language of a text as a BCP 47 tag with its confidence (0 to 1), and up to five candidates.

    Candidates are sorted best first. A text in several languages divides the confidence among them. The language is
    "und" if no candidate is likely enough; the shorter the text, the higher the required confidence.
    """
    windows = _windows(text)
    if not windows:
        return Detection(UNDETERMINED, 0.0)
    shares = _shares(windows)
    total, sample = shares.total(), "\n".join(windows)
    ranked = [Candidate(with_variant(tag, sample), round(share / total, 4)) for tag, share in shares.most_common(5)]
    best = ranked[0]
    is_certain = best.confidence >= _required_confidence(windows)
    return Detection(best.language if is_certain else UNDETERMINED, best.confidence, tuple(ranked))


def _shares(windows: list[str]) -> Counter[str]:
    """The expected number of letters per language, from every second window if those agree, else from all."""
    scored = windows[::2]
    posteriors = [_posterior(window) for window in scored]
    if len(scored) < FIRST_WINDOWS or not _agree(posteriors):
        scored += windows[1::2]
        posteriors += [_posterior(window) for window in windows[1::2]]
    shares: Counter[str] = Counter()
    for window, posterior in zip(scored, posteriors, strict=True):
        weight = _letters(window)
        shares.update({tag: share * weight for tag, share in posterior.items()})
    return shares


def _agree(posteriors: list[dict[str, float]]) -> bool:
    likeliest = {max(posterior, key=posterior.__getitem__) for posterior in posteriors}
    return len(likeliest) == 1 and min(max(posterior.values()) for posterior in posteriors) >= AGREEMENT


def is_written_in(language: str, text: str) -> bool:
    """Returns whether the text is clearly in the language: it has two of its function words, or its unique script.

    A cheap check that can replace `detect`; False only means that the language is not obvious.
    """
    own_scripts = scripts_of(languages.primary(language))
    if own_scripts.isdisjoint(SHARED_SCRIPTS):
        counts = script_counts(text)
        return bool(counts) and counts.keys() <= own_scripts
    function_words = small_words(languages.primary(language))
    return len(function_words.intersection(text[:WINDOW].lower().split())) > 1


def _required_confidence(windows: list[str]) -> float:
    """Tuned on parts of FLORES sentences: see benchmarks/reading.py."""
    if len(windows) > 1:
        return 0.55
    return max(0.12, 1.0 - 0.06 * _letters(windows[0]))


def _letters(text: str) -> int:
    """The number of letters; a Chinese, Japanese or Korean letter counts as two."""
    dense = 0 if text.isascii() else len(_DENSE.findall(text))
    return sum(map(str.isalpha, text)) + dense


def _windows(text: str) -> list[str]:
    """Windows of about 240 characters that contain letters, evenly spaced over the text."""
    stride = max(WINDOW, -(-len(text) // WINDOWS))
    pieces = (_PIECE.search(text, start, start + WINDOW) for start in range(0, len(text), stride))
    return [piece.group() for piece in pieces if piece and _letters(piece.group())]


def _posterior(text: str) -> dict[str, float]:
    scores = _scores(text)
    top = max(scores.values())
    shares = {tag: math.exp(score - top) for tag, score in scores.items() if score > top - 12}
    total = sum(shares.values())
    return {tag: share / total for tag, share in shares.items()}


def _scores(text: str) -> dict[str, float]:
    """The log probability of each language, up to a constant."""
    scores = dict(_prior_scores(next(iter(script_counts(text).most_common(1)), ("",))[0]))
    tags = _tags()
    for label, share in _identifier().rank(text):
        if share <= MIN_PROBABILITY:  # sorted by probability
            break
        if label in tags:
            scores[tags[label]] += math.log(share / MIN_PROBABILITY)
    for tag, bonus in _word_bonuses(text.lower()):
        scores[tag] += bonus
    for tag, penalty in _letter_penalties(text):
        scores[tag] -= penalty
    return scores


@cache
def _prior_scores(script: str) -> Mapping[str, float]:
    """The prior of each language for news in the script: penalised if the language does not use the script."""
    news = _table()["news"]
    priors = {_tag(tag): math.log(NATIONAL) for tag in news["national"]} | {_tag(tag): 0.0 for tag in news["world"]}
    return {
        tag: math.log(MIN_PROBABILITY)
        + priors.get(tag, math.log(REGIONAL))
        - (FOREIGN_SCRIPT if script and script not in scripts_of(tag) else 0)
        for tag in _tags().values()
    }


def _word_bonuses(text: str) -> Iterator[tuple[str, float]]:
    """A bonus for each function word in the text: the fewer languages share the word, the larger."""
    languages_of_word = _languages_by_word()
    for word in dict.fromkeys(_WORD.findall(text)):
        if tags := languages_of_word.get(word):
            bonus = 0.4 * math.log1p(12 / len(tags))
            yield from ((tag, bonus) for tag in tags)


def _letter_penalties(text: str) -> Iterator[tuple[str, float]]:
    """A penalty for each letter of the text that is not in a language's alphabet."""
    letters = {letter for letter in set(text.lower()) - _ASCII if letter.isalpha()}
    if letters:
        for tag, alphabet in _alphabets().items():
            yield tag, FOREIGN_LETTER * len(letters - alphabet)


def word_probabilities(word: str) -> dict[str, float]:
    """Returns the probability of each language, by primary tag, from the letters of a word alone."""
    tags = _tags()
    return {tags[label]: float(share) for label, share in _identifier().rank(word) if label in tags}


@cache
def small_words(language: str) -> frozenset[str]:
    """Returns the most frequent function words of a language (a primary tag); none if the table does not list it."""
    return _all_small_words().get(language, frozenset())


def alphabet(language: str) -> frozenset[str]:
    """Returns the letters of a language (a primary tag) besides a to z; none if the table does not list them."""
    return _alphabets().get(language, frozenset())


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
    """BCP 47 tags by the labels of the identifier."""
    return {label: _tag(label) for label in _identifier().labels if label != "zxx"}


@cache
def _languages_by_word() -> dict[str, list[str]]:
    tags: dict[str, list[str]] = defaultdict(list)
    for tag, words in _all_small_words().items():
        for word in words:
            tags[word].append(tag)
    return dict(tags)


@cache
def _alphabets() -> dict[str, frozenset[str]]:
    return {_tag(tag): frozenset(letters) for tag, letters in _table()["letters"].items()}
