"""The rungs between what a model wrote first and the article's own words: a summary's sentences in its language.

1. written: the first answer, as long as its sentences stand.
2. rewritten: from the first that does not, other answers: fewer sentences, fewer words, the phrases that were found
   wrong banned. The best by support goes on there, the rest of the first answer among them.
3. dropped: what still does not stand is left out; a claim that is only stronger than the article's may stay, told.
4. extracted: the article's own first sentences that fit, where nothing stands; and where one sentence stands of
   several asked for, one of them beside it, so that the news is told.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

from models.model import Model
from summarizer.checking.measure import words
from summarizer.checking.overlap import overlap
from summarizer.editing.judge import Judge, banned
from summarizer.editing.pick import Claim, Pick
from summarizer.editing.story import Story
from summarizer.editions import Rung
from summarizer.errors import CannotSupport, DeadlineExceeded
from summarizer.options import SummaryOptions
from summarizer.watch import Watch
from summarizer.writing.summarise import Summariser, lead

SHORTER = 0.6
"""Part of the words that a rewriting is asked for: models overrun their limits."""

OWN = 3
"""The article's first sentences, of which one may stand beside another that is alone."""

LONG = 3
"""Sentences from which an article says more than one sentence can."""

FURTHER = 0.5
"""Overlap under which a sentence tells more than another."""

TELLING = 8
"""Words from which a sentence tells anything: "Reading time 2 min." is one, too."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The sentences chosen, and those that were written and left out."""

    claims: tuple[Claim, ...]
    left_out: tuple[Claim, ...]


def climb(
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
    pick = Pick(judge, options.sentences, options.words, on_sentence)
    begun = time.monotonic()
    try:
        writer = Summariser(model, story.article, language, watch)
        held = _write(writer, pick, options)
    except DeadlineExceeded:
        if options.late == "refuse" or not _extracted(pick, story):
            raise
        return Draft(tuple(pick.chosen), tuple(pick.refused))
    if options.strictness == "refuse" and pick.refused:
        raise CannotSupport(_reasons(pick))
    answers = [_Answer(held, "written")]
    if options.strictness == "repair" and pick.refused and watch.allows(time.monotonic() - begun):
        answers += _rewritten(writer, pick, options)
    for answer in sorted(answers, key=lambda answer: _worth(answer, pick.judge), reverse=True):
        pick.offer_all(answer.sentences, answer.rung)
    if not pick.chosen:
        pick.relent()
    if not _extracted(pick, story):
        raise CannotSupport(_reasons(pick))
    if options.strictness == "repair" and len(pick.chosen) == 1 < options.sentences:
        pick.offer_one(_further(story, pick.chosen[0].text), "extracted")
    return Draft(tuple(pick.chosen), tuple(pick.refused))


@dataclass(frozen=True, slots=True)
class _Answer:
    sentences: list[str]
    rung: Rung
    score: float = 0.0


def _write(writer: Summariser, pick: Pick, options: SummaryOptions) -> list[str]:
    """The first answer; returns its sentences behind one that does not stand, which wait for a better in its place."""
    held: list[str] = []

    def offer(sentence: str) -> bool:
        if not pick.refused or options.strictness != "repair":
            return pick.offer(sentence, "written")
        held.append(sentence)
        return len(held) == options.sentences

    writer.write(options.sentences, options.words, offer)
    return held


def _extracted(pick: Pick, story: Story) -> bool:
    """Takes the article's own first sentences where nothing was chosen. Returns whether something is now."""
    if not pick.chosen:
        pick.offer_all(lead(story.article), "extracted")
    return bool(pick.chosen)


def _further(story: Story, said: str) -> list[str]:
    """Sentences that an article much longer than a summary begins with, and that tell more than what was said."""
    own = lead(story.article)
    if len(own) < LONG:
        return []
    return [
        sentence
        for sentence in own[:OWN]
        if words(sentence, story.language) >= TELLING and overlap(sentence, said, story.language) < FURTHER
    ]


def _rewritten(writer: Summariser, pick: Pick, options: SummaryOptions) -> list[_Answer]:
    """Other answers, with fewer sentences and words, without the phrases that were found wrong."""
    missing = options.sentences - len(pick.chosen)
    short = int(options.words * SHORTER)
    wishes = dict.fromkeys([(options.sentences, options.words), (missing, short), (1, short)])
    try:
        answers = writer.rewrite(list(wishes), banned([claim.verdict for claim in pick.refused]))
    except DeadlineExceeded:
        if not pick.chosen:
            raise
        return []
    return [_Answer(sentences, "rewritten", score) for sentences, score in answers]


def _worth(answer: _Answer, judge: Judge) -> tuple[float, float, float]:
    """The share of an answer's sentences that stand, their mean support to a tenth, and how likely it is."""
    verdicts = [judge(sentence) for sentence in answer.sentences]
    sound = [verdict.checked.support for verdict in verdicts if verdict.standing == "sound"]
    return (len(sound) / len(verdicts), round(fmean(sound), 1), answer.score) if sound else (0.0, 0.0, 0.0)


def _reasons(pick: Pick) -> str:
    reasons = dict.fromkeys(reason for claim in pick.refused for reason in claim.verdict.reasons)
    return " ".join(["Nothing could be written that keeps to the article and the limits.", *reasons])
