"""Any text against an article, sentence by sentence."""

from collections.abc import Iterator, Sequence

from summarizer.checking.findings import CheckedSentence
from summarizer.checking.target_language import is_in_language
from summarizer.editing.story import Story
from summarizer.reading import detect, sentences


def check_claims(story: Story, claims: Sequence[str], language: str | None = None) -> Iterator[CheckedSentence]:
    """The sentences of the claims, in order, each checked. The claims' language is told from each by default."""
    for claim in claims:
        spoken = language or _language(claim, story.language)
        for sentence in sentences(claim, spoken):
            yield story.ground.check(" ".join(sentence.text.split()), spoken)


def _language(claim: str, expected: str) -> str:
    """The article's language unless the claim is surely in another: a short claim is often told wrongly."""
    return expected if is_in_language(claim, expected) else detect(claim).language
