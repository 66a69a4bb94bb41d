"""One line that names the news: the first of several that stands and fits."""

from models.model import Model
from summarizer.checking.measure import graphemes, words
from summarizer.editing.clause_ends import phrase_prefixes
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
"""Parts of the limit that a rewriting aims at."""


def draft_headline(model: Model, story: Story, options: SummaryOptions, watch: Watch) -> Draft:
    """A line of at most HEADLINE characters and the words asked for.

    It is the model's, or the article's own title or first words. Raises CannotSupport, and UnsupportedDirection for
    a language the model does not know.
    """
    judge = Judge(story, options.strictness)
    refused: list[DraftSentence] = []

    def chosen(lines: list[str], method: Method) -> DraftSentence | None:
        claims = [DraftSentence(judge.line(line), method) for line in lines if _fits(line, options, story.language)]
        refused.extend(claim for claim in claims if claim.verdict.standing == "refused")
        return next((claim for claim in claims if claim.verdict.standing == "sound"), None)

    claim = chosen(headlines(model, story.article, [HEADLINE_CHARACTERS], watch), "written")
    if not claim and options.strictness == "repair":
        widths = [int(HEADLINE_CHARACTERS * share) for share in REWRITE_SHARES]
        phrases = banned_phrases([one.verdict for one in refused])
        claim = chosen(headlines(model, story.article, widths, watch, phrases), "rewritten")
    if not claim and options.strictness != "refuse":
        claim = chosen(_extracts(story), "extracted")
    if not claim:
        reasons = dict.fromkeys(reason for one in refused for reason in one.verdict.reasons)
        raise CannotSupport(" ".join(["No headline could be written that keeps to the article.", *reasons]))
    return Draft((claim,), tuple(refused))


def _extracts(story: Story) -> list[str]:
    """The article's title, its first sentences, and what they begin with, the longest first."""
    sentences = [without_full_stop(sentence) for sentence in article_sentences(story.article)]
    begun = [start for sentence in sentences[:1] for start in reversed(phrase_prefixes(sentence, story.language))]
    return [story.article.title or "", *sentences[:3], *begun]


def _fits(line: str, options: SummaryOptions, language: str) -> bool:
    return bool(line) and graphemes(line) <= HEADLINE_CHARACTERS and words(line, language) <= options.words
