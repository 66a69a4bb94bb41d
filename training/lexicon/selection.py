"""Selection of the phrases a lexicon keeps, and of their translations."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.lexicons.entries import Translation
from models.lexicons.words import normalize
from training.lexicon.phrases import Counts, Phrase


@dataclass(frozen=True, slots=True)
class Options:
    """Thresholds, recorded in the lexicon's card.

    A translation needs `min_word_count` or `min_phrase_count` occurrences and `min_word_share` or `min_phrase_share` of
    the source phrase's. Phrases made only of the `stop_words` most frequent source words are dropped.
    """

    min_word_count: int = 2
    min_phrase_count: int = 3
    min_word_share: float = 0.1
    min_phrase_share: float = 0.25
    stop_words: int = 150
    max_translations: int = 3
    inverse_exponent: float = 0.3


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    count: int
    share: float
    score: float


def select(counts: Counts, options: Options) -> Iterator[tuple[Phrase, list[Translation]]]:
    """Yields phrases and their translations, best first by p(t|s) p(s|t)^inverse_exponent c/(c+1).

    Dropped are numbers, translations equal to the phrase, and phrases that their parts, as the longest shorter phrases
    are looked up, translate alike.
    """
    ranked = _ranked(counts, options)
    parts: dict[Phrase, str] = {phrase: candidates[0].text for phrase, candidates in ranked.items() if len(phrase) == 1}
    stop_words = set(sorted(counts.words, key=lambda word: (-counts.words[word], word))[: options.stop_words])
    for phrase, candidates in sorted(ranked.items(), key=lambda item: (len(item[0]), item[0])):
        kept = _above_thresholds(phrase, candidates, options)
        if kept and not stop_words.issuperset(phrase) and not _is_redundant(phrase, kept[0].text, parts):
            parts[phrase] = kept[0].text
            yield phrase, [Translation(each.text, max(round(100 * each.share), 1)) for each in kept]


def _ranked(counts: Counts, options: Options) -> dict[Phrase, list[_Candidate]]:
    sources: Counter[Phrase] = Counter()
    targets: Counter[str] = Counter()
    for (source, target), count in counts.pairs.items():
        sources[source] += count
        targets[target] += count
    found: dict[Phrase, list[_Candidate]] = defaultdict(list)
    for (source, target), count in counts.pairs.items():
        if count >= min(options.min_word_count, options.min_phrase_count):
            share = count / sources[source]
            score = share * (count / targets[target]) ** options.inverse_exponent * count / (count + 1)
            found[source].append(_Candidate(target, count, share, score))
    return {source: sorted(several, key=lambda each: (-each.score, each.text)) for source, several in found.items()}


def _above_thresholds(phrase: Phrase, candidates: Sequence[_Candidate], options: Options) -> list[_Candidate]:
    word = len(phrase) == 1
    count = options.min_word_count if word else options.min_phrase_count
    share = options.min_word_share if word else options.min_phrase_share
    return [each for each in candidates if each.count >= count and each.share >= share][: options.max_translations]


def _is_redundant(phrase: Phrase, translation: str, parts: Mapping[Phrase, str]) -> bool:
    if not any(character.isalpha() for word in phrase for character in word):
        return True
    plain = _plain(translation)
    return plain == "".join(phrase) or (len(phrase) > 1 and plain == _plain("".join(_by_parts(phrase, parts))))


def _by_parts(phrase: Phrase, parts: Mapping[Phrase, str]) -> Iterator[str]:
    """Yields the translations that are found for the phrase if it is not in the lexicon."""
    at = 0
    while at < len(phrase):
        count = next((count for count in range(len(phrase) - at, 1, -1) if phrase[at : at + count] in parts), 1)
        yield parts.get(phrase[at : at + count], "")
        at += count


def _plain(text: str) -> str:
    return normalize("".join(text.split()))
