"""Checks any text against an article, sentence by sentence."""

from collections.abc import Iterator, Sequence

from summarizer.checking.findings import CheckedSentence
from summarizer.checking.target_language import is_in_language
from summarizer.editing.story import Story
from summarizer.reading import detect, sentences


def check_claims(story: Story, claims: Sequence[str], language: str | None = None) -> Iterator[CheckedSentence]:
    """Yields the checked sentences of the claims, in order. By default, each claim's language is detected."""
    for claim in claims:
        claim_language = language or _language(claim, story.language)
        for sentence in sentences(claim, claim_language):
            yield story.checker.check(" ".join(sentence.text.split()), claim_language)


def _language(claim: str, expected: str) -> str:
    """The article's language unless the claim is certainly in another: detection often fails on short texts."""
    return expected if is_in_language(claim, expected) else detect(claim).language
