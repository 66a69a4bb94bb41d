"""The fallback chain of a summary, from the model's first answer to sentences copied from the article.

1. written: the first answer, up to the first sentence that is rejected.
2. rewritten: from there on, other answers with fewer sentences, fewer words, and unsupported phrases banned. The answer
   with the best support continues the summary; the rest of the first answer competes, too.
3. removed: sentences that are still rejected. A claim that is only stronger than the article's may stay with a finding.
4. extracted: sentences copied from the article, self-contained ones first, if nothing is left or the rest is short.

In a language of the card's `extracts` the last step comes first: there, copied sentences are better. A text that is
very short, a table or a list is only copied.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import fmean

from models.model import Model
from summarizer.checking.measure import words
from summarizer.editing.extractive import extract_summary, fill_up, half_of, is_worth_summarising, select_if_empty
from summarizer.editing.judge import Judge, banned_phrases
from summarizer.editing.selector import DraftSentence, SentenceSelector
from summarizer.editing.story import Story
from summarizer.editions import Method
from summarizer.errors import CannotSupport, DeadlineExceeded
from summarizer.languages import closest
from summarizer.options import SummaryOptions
from summarizer.watch import Watch
from summarizer.writing.summarise import Summariser

SHORTER = 0.6
"""Share of the words that a rewrite requests: models exceed their limits."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The selected sentences, and those that were written and removed."""

    sentences: tuple[DraftSentence, ...]
    removed: tuple[DraftSentence, ...] = ()


def draft_summary(
    model: Model,
    story: Story,
    language: str,
    options: SummaryOptions,
    watch: Watch,
    *,
    on_sentence: Callable[[str], None],
) -> Draft:
    """Writes a summary within the limits, in a language of the card. `on_sentence` receives each final sentence.

    With the strictness `report`, the first answer is used, and only its numbers must be supported; with `refuse`, the
    whole answer must be. Raises CannotSupport, DeadlineExceeded, and UnsupportedDirection for an unsupported language.
    """
    selector = _selector(story, language, options, on_sentence)
    started = time.monotonic()
    if options.strictness == "repair" and not is_worth_summarising(story.article):
        half = replace(options, max_sentences=min(options.sentences, half_of(story.article)))
        if draft := extractive_draft(story, language, half, on_sentence):
            return draft
    if _prefers_extraction(model, story, language, options) and extract_summary(
        selector, story.article, options.sentences, options.words
    ):
        return Draft(tuple(selector.selected))
    try:
        writer = Summariser(model, story.article, language, watch)
        rest = _write(writer, selector, options)
    except DeadlineExceeded:
        if options.late == "refuse" or not select_if_empty(selector, story.article):
            raise
        return Draft(tuple(selector.selected), tuple(selector.rejected))
    if options.strictness == "refuse" and selector.rejected:
        raise CannotSupport(_reasons(selector))
    answers = [_Answer(rest, "written")]
    if options.strictness == "repair" and selector.rejected and watch.has_time_for(time.monotonic() - started):
        answers += _rewrite(writer, selector, options)
    return _select(selector, story, options, answers)


def extractive_draft(
    story: Story, language: str, options: SummaryOptions, on_sentence: Callable[[str], None]
) -> Draft | None:
    """Returns sentences copied from the article, for when no model had the time; None if none is acceptable."""
    selector = _selector(story, language, options, on_sentence)
    return Draft(tuple(selector.selected)) if select_if_empty(selector, story.article) else None


def _selector(
    story: Story, language: str, options: SummaryOptions, on_sentence: Callable[[str], None]
) -> SentenceSelector:
    """A selector with the requested limits; a summary is never longer than its article."""
    max_words = min(options.words, words(story.article.text, story.language))
    return SentenceSelector(Judge(story, options.strictness, language), options.sentences, max_words, on_sentence)


def _prefers_extraction(model: Model, story: Story, language: str, options: SummaryOptions) -> bool:
    """Whether copied sentences are better in this language than what the model writes."""
    is_extractable = closest(language, [story.language]) is not None and language in model.card.extracts
    return options.strictness == "repair" and is_extractable


@dataclass(frozen=True, slots=True)
class _Answer:
    sentences: list[str]
    method: Method
    score: float = 0.0


def _write(writer: Summariser, selector: SentenceSelector, options: SummaryOptions) -> list[str]:
    """Selects from the first answer; returns the sentences after the first rejected one, which may be replaced."""
    rest: list[str] = []

    def offer(sentence: str) -> bool:
        if not selector.rejected or options.strictness != "repair":
            return selector.offer(sentence, "written")
        rest.append(sentence)
        return len(rest) == options.sentences

    writer.write(options.sentences, options.words, offer)
    return rest


def _rewrite(writer: Summariser, selector: SentenceSelector, options: SummaryOptions) -> list[_Answer]:
    """Other answers with fewer sentences and words, and with unsupported phrases banned."""
    missing = options.sentences - len(selector.selected)
    short = int(options.words * SHORTER)
    lengths = dict.fromkeys([(options.sentences, options.words), (missing, short), (1, short)])
    try:
        answers = writer.rewrite(list(lengths), banned_phrases([sentence.verdict for sentence in selector.rejected]))
    except DeadlineExceeded:
        if not selector.selected:
            raise
        return []
    return [_Answer(sentences, "rewritten", score) for sentences, score in answers]


def _select(selector: SentenceSelector, story: Story, options: SummaryOptions, answers: list[_Answer]) -> Draft:
    """Selects from the answers, the best first, and then from the article."""
    for answer in sorted(answers, key=lambda answer: _rank(answer, selector.judge), reverse=True):
        selector.offer_all(answer.sentences, answer.method)
    if not selector.selected:
        selector.accept_doubtful()
    if not select_if_empty(selector, story.article):
        raise CannotSupport(_reasons(selector))
    if options.strictness == "repair":
        fill_up(selector, story.article, options.sentences)
    return Draft(tuple(selector.selected), tuple(selector.rejected))


def _rank(answer: _Answer, judge: Judge) -> tuple[float, float, float]:
    """The share of accepted sentences, their mean support to a tenth, and the answer's log-probability."""
    verdicts = [judge.sentence(sentence) for sentence in answer.sentences]
    supports = [verdict.checked.support for verdict in verdicts if verdict.standing == "accepted"]
    if not supports:
        return 0.0, 0.0, 0.0
    return len(supports) / len(verdicts), round(fmean(supports), 1), answer.score


def _reasons(selector: SentenceSelector) -> str:
    reasons = dict.fromkeys(reason for sentence in selector.rejected for reason in sentence.verdict.reasons)
    return " ".join(["No summary could be written that the article supports within the limits.", *reasons])
