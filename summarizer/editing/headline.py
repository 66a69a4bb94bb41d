"""Headlines: the first of several lines that is acceptable and fits."""

from models.model import Model
from summarizer.checking.measure import graphemes, words
from summarizer.editing.clause_ends import phrase_prefixes
from summarizer.editing.extractive import is_prose
from summarizer.editing.fallback import Draft
from summarizer.editing.judge import Judge, banned_phrases
from summarizer.editing.selector import DraftSentence
from summarizer.editing.story import Story
from summarizer.editions import Method
from summarizer.errors import CannotSupport
from summarizer.options import HEADLINE_CHARACTERS, SummaryOptions
from summarizer.watch import Watch
from summarizer.writing.headline import headlines, without_full_stop
from summarizer.writing.summarise import article_sentences

REWRITE_SHARES = (0.85, 0.6)
"""Shares of the limit that rewrites aim at."""


def draft_headline(model: Model, story: Story, options: SummaryOptions, watch: Watch) -> Draft:
    """Writes a headline of at most HEADLINE_CHARACTERS, within the requested words.

    The fallback is the article's title or first words. Raises CannotSupport, and UnsupportedDirection for an
    unsupported language.
    """
    judge = Judge(story, options.strictness)
    rejected: list[DraftSentence] = []

    def first_accepted(lines: list[str], method: Method) -> DraftSentence | None:
        drafts = [DraftSentence(judge.title(line), method) for line in lines if _fits(line, options, story.language)]
        rejected.extend(draft for draft in drafts if draft.verdict.standing == "rejected")
        return next((draft for draft in drafts if draft.verdict.standing == "accepted"), None)

    copies = (
        extracted_headlines(story, options) if options.strictness == "repair" and not is_prose(story.article) else ()
    )
    headline = next(iter(copies), None) or first_accepted(
        headlines(model, story.article, [HEADLINE_CHARACTERS], watch), "written"
    )
    if not headline and options.strictness == "repair":
        widths = [int(HEADLINE_CHARACTERS * share) for share in REWRITE_SHARES]
        phrases = banned_phrases([draft.verdict for draft in rejected])
        headline = first_accepted(headlines(model, story.article, widths, watch, phrases), "rewritten")
    if not headline and options.strictness != "refuse":
        headline = next(iter(extracted_headlines(story, options)), None)
    if not headline:
        reasons = dict.fromkeys(reason for draft in rejected for reason in draft.verdict.reasons)
        raise CannotSupport(" ".join(["No headline could be written that the article supports.", *reasons]))
    return Draft((headline,), tuple(rejected))


def extracted_headlines(story: Story, options: SummaryOptions) -> tuple[DraftSentence, ...]:
    """Returns the acceptable headlines copied from the article, the best first."""
    judge = Judge(story, options.strictness)
    drafts = [
        DraftSentence(judge.title(line), "extracted")
        for line in _extracts(story)
        if _fits(line, options, story.language)
    ]
    return tuple(draft for draft in drafts if draft.verdict.standing == "accepted")


def _extracts(story: Story) -> list[str]:
    """The article's title, its first sentences, and beginnings of the first one, the longest first."""
    sentences = [without_full_stop(sentence) for sentence in article_sentences(story.article)]
    prefixes = [prefix for first in sentences[:1] for prefix in reversed(phrase_prefixes(first, story.language))]
    return [story.article.title or "", *sentences[:3], *prefixes]


def _fits(line: str, options: SummaryOptions, language: str) -> bool:
    return bool(line) and graphemes(line) <= HEADLINE_CHARACTERS and words(line, language) <= options.words
