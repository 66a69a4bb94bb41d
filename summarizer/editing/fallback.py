"""The rungs between what a model wrote first and the article's own words: a summary's sentences in its language.

1. written: the first answer, as long as its sentences stand.
2. rewritten: from the first that does not, other answers: fewer sentences, fewer words, the phrases that were found
   wrong banned. The best by support goes on there, the rest of the first answer among them.
3. dropped: what still does not stand is left out; a claim that is only stronger than the article's may stay, told.
4. extracted: the article's own first sentences that fit, those that tell something by themselves before all others,
   where nothing stands; and behind few words, so that the news is told.

In a language of the card's `extracts` the last comes first: there the article's own sentences are better.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

from models.model import Model
from summarizer.editing.extractive import extract_summary, fill_up, select_if_empty
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
"""Part of the words that a rewriting is asked for: models overrun their limits."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The sentences chosen, and those that were written and left out."""

    claims: tuple[DraftSentence, ...]
    left_out: tuple[DraftSentence, ...]


def draft_summary(
    model: Model,
    story: Story,
    language: str,
    options: SummaryOptions,
    watch: Watch,
    *,
    on_sentence: Callable[[str], None],
) -> Draft:
    """At most the sentences and words asked for, in a language of the card. `on_sentence` hears each once it is final.

    With `report` the first answer is all there is: only its numbers must hold. With `refuse` it must hold wholly.
    Raises CannotSupport, UnsupportedDirection for a language the model does not know, and DeadlineExceeded.
    """
    judge = Judge(story, options.strictness, language)
    pick = SentenceSelector(judge, options.sentences, options.words, on_sentence)
    begun = time.monotonic()
    if _prefers_extraction(model, story, language, options) and extract_summary(
        pick, story.article, options.sentences, options.words
    ):
        return Draft(tuple(pick.chosen), ())
    try:
        writer = Summariser(model, story.article, language, watch)
        held = _write(writer, pick, options)
    except DeadlineExceeded:
        if options.late == "refuse" or not select_if_empty(pick, story.article):
            raise
        return Draft(tuple(pick.chosen), tuple(pick.refused))
    if options.strictness == "refuse" and pick.refused:
        raise CannotSupport(_reasons(pick))
    answers = [_Answer(held, "written")]
    if options.strictness == "repair" and pick.refused and watch.has_time_for(time.monotonic() - begun):
        answers += _rewritten(writer, pick, options)
    for answer in sorted(answers, key=lambda answer: _rank(answer, pick.judge), reverse=True):
        pick.offer_all(answer.sentences, answer.method)
    if not pick.chosen:
        pick.relent()
    if not select_if_empty(pick, story.article):
        raise CannotSupport(_reasons(pick))
    if options.strictness == "repair":
        fill_up(pick, story.article, options.sentences)
    return Draft(tuple(pick.chosen), tuple(pick.refused))


def extractive_draft(
    story: Story, language: str, options: SummaryOptions, on_sentence: Callable[[str], None]
) -> Draft | None:
    """What the article itself tells, where no model had the time to; None where none of it stands."""
    pick = SentenceSelector(Judge(story, options.strictness, language), options.sentences, options.words, on_sentence)
    return Draft(tuple(pick.chosen), ()) if select_if_empty(pick, story.article) else None


def _prefers_extraction(model: Model, story: Story, language: str, options: SummaryOptions) -> bool:
    """Whether the article itself tells its news better than the model would."""
    is_its_own = closest(language, [story.language]) is not None
    return options.strictness == "repair" and is_its_own and language in model.card.extracts


@dataclass(frozen=True, slots=True)
class _Answer:
    sentences: list[str]
    method: Method
    score: float = 0.0


def _write(writer: Summariser, pick: SentenceSelector, options: SummaryOptions) -> list[str]:
    """The first answer; returns its sentences behind one that does not stand, which wait for a better in its place."""
    held: list[str] = []

    def offer(sentence: str) -> bool:
        if not pick.refused or options.strictness != "repair":
            return pick.offer(sentence, "written")
        held.append(sentence)
        return len(held) == options.sentences

    writer.write(options.sentences, options.words, offer)
    return held


def _rewritten(writer: Summariser, pick: SentenceSelector, options: SummaryOptions) -> list[_Answer]:
    """Other answers, with fewer sentences and words, without the phrases that were found wrong."""
    missing = options.sentences - len(pick.chosen)
    short = int(options.words * SHORTER)
    wishes = dict.fromkeys([(options.sentences, options.words), (missing, short), (1, short)])
    try:
        answers = writer.rewrite(list(wishes), banned_phrases([claim.verdict for claim in pick.refused]))
    except DeadlineExceeded:
        if not pick.chosen:
            raise
        return []
    return [_Answer(sentences, "rewritten", score) for sentences, score in answers]


def _rank(answer: _Answer, judge: Judge) -> tuple[float, float, float]:
    """The share of an answer's sentences that stand, their mean support to a tenth, and how likely it is."""
    verdicts = [judge(sentence) for sentence in answer.sentences]
    sound = [verdict.checked.support for verdict in verdicts if verdict.standing == "sound"]
    return (len(sound) / len(verdicts), round(fmean(sound), 1), answer.score) if sound else (0.0, 0.0, 0.0)


def _reasons(pick: SentenceSelector) -> str:
    reasons = dict.fromkeys(reason for claim in pick.refused for reason in claim.verdict.reasons)
    return " ".join(["Nothing could be written that keeps to the article and the limits.", *reasons])
