"""The rungs between what a model wrote first and the article's own words: a summary's sentences in its language.

1. written: the first answer, as long as its sentences stand.
2. rewritten: from the first that does not, other answers: fewer sentences, fewer words, the phrases that were found
   wrong banned. The best by support goes on there, the rest of the first answer among them.
3. dropped: what still does not stand is left out; a claim that is only stronger than the article's may stay, told.
4. extracted: the article's own first sentences that fit, those that tell something by themselves before all others,
   where nothing stands; and behind few words, so that the news is told.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

import regex

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

OWN = 6
"""The article's first sentences, which may stand behind others."""

SHARE, THIN = 0.5, 30
"""Part of an article's sentences that a summary which is filled with them has at most; words until which it is filled.

Of 46 articles ROUGE-L was 21.2 so, 20.2 with as many sentences as were asked for, and 21.4 without any.
"""

FURTHER = 0.5
"""Overlap under which a sentence tells more than another."""

TELLING = 8
"""Words from which a sentence tells anything: "Reading time 2 min." is one, too."""

_SPEECH = regex.compile(r"""[\p{Pi}"'„‚「『»-]""")


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
    if options.strictness == "repair":
        _fill(pick, story, options.sentences)
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
    own = lead(story.article)
    for sentences in (_telling(own, story.language), own):
        if not pick.chosen:
            pick.offer_all(sentences, "extracted")
    return bool(pick.chosen)


def _fill(pick: Pick, story: Story, most: int) -> None:
    """Adds to few words those of the article's own first sentences that tell more, up to so many in all."""
    own = lead(story.article)
    most = min(most, math.ceil(len(own) * SHARE))
    for sentence in _telling(own[:OWN], story.language):
        said = [claim.text for claim in pick.chosen]
        is_new = all(overlap(sentence, one, story.language) < FURTHER for one in said)
        if is_new and len(said) < most and words(" ".join(said), story.language) < THIN:
            pick.offer_all([sentence], "extracted")


def _telling(own: list[str], language: str) -> list[str]:
    """Sentences that say something to who has not read the others: no headings, no "Paris wants to know", no speech."""
    return [one for one in own if words(one, language) >= TELLING and not _SPEECH.match(one)]


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
