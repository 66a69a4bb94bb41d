"""Tokenization for alignment: jieba for Chinese, MeCab for Japanese, otherwise the tokens of `models.lexicons`."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.lexicons.words import is_word, normalize, token_pattern

MAX_TOKENS = 60
"""Of a sentence: longer ones align badly, and alignment time grows with the square of the length."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text, the spans of its tokens, and the normalized tokens."""

    text: str
    spans: tuple[tuple[int, int], ...]
    tokens: tuple[str, ...]

    def part(self, first: int, last: int) -> str:
        """Returns the text from one token to another, inclusive."""
        return " ".join(self.text[self.spans[first][0] : self.spans[last][1]].split())


Tokenizer = Callable[[str], Iterable[tuple[int, int]]]
"""Returns the spans of the tokens in a text."""


def tokenize(texts: Sequence[str], language: str) -> list[Sentence]:
    """Tokenizes and truecases: a first word is lower-cased if it is mostly lower case inside sentences."""
    tokenizer = _tokenizer(language)
    sentences = [_sentence(" ".join(unicodedata.normalize("NFC", text).split()), tokenizer) for text in texts]
    inside = Counter(each.text[start:end] for each in sentences for start, end in each.spans[1:])
    return [_truecased(each, inside) for each in sentences]


def _tokenizer(language: str) -> Tokenizer:
    if language == "zh":
        return _chinese()
    if language == "ja":
        return _japanese()
    pattern = token_pattern(language)
    return lambda text: (match.span() for match in pattern.finditer(text))


def _sentence(text: str, tokenizer: Tokenizer) -> Sentence:
    spans = tuple(tokenizer(text))
    # eflomal reads tokens separated by spaces, so none may be empty or contain one.
    return Sentence(text, spans, tuple("".join(normalize(text[start:end]).split()) or "?" for start, end in spans))


def _truecased(sentence: Sentence, inside: Counter[str]) -> Sentence:
    at = next((at for at, token in enumerate(sentence.tokens) if is_word(token)), None)
    if at is None:
        return sentence
    start, end = sentence.spans[at]
    word, lower = sentence.text[start:end], sentence.text[start:end].lower()
    if len(word) != len(lower) or inside[lower] <= inside[word]:
        return sentence
    return Sentence(sentence.text[:start] + lower + sentence.text[end:], sentence.spans, sentence.tokens)


def _chinese() -> Tokenizer:
    import jieba  # noqa: PLC0415 - from the extra `training`, and only for Chinese

    jieba.setLogLevel("WARNING")

    def tokenizer(text: str) -> Iterator[tuple[int, int]]:
        return ((start, end) for word, start, end in jieba.tokenize(text, HMM=False) if word.strip())

    return tokenizer


def _japanese() -> Tokenizer:
    from fugashi import Tagger  # noqa: PLC0415 - from the extra `training`, and only for Japanese

    tagger: Any = Tagger("-Owakati")

    def tokenizer(text: str) -> Iterator[tuple[int, int]]:
        at = 0
        for word in tagger(text):
            start = text.index(word.surface, at)
            at = start + len(word.surface)
            yield start, at

    return tokenizer
