"""The article's own sentences: where the model wrote too little that holds, or writes the language less well."""

import math

import regex

from summarizer.article import Article
from summarizer.checking.measure import words
from summarizer.checking.overlap import overlap
from summarizer.editing.selector import SentenceSelector
from summarizer.writing.summarise import article_sentences

LEADING = 6
"""The article's first sentences, which may stand behind others."""

MAX_SHARE, FILL_WORDS = 0.5, 30
"""Part of an article's sentences that a summary which is filled with them has at most; words until which it is filled.

Of 46 articles ROUGE-L was 21.2 so, 20.2 with as many sentences as were asked for, and 21.4 without any.
"""

MAX_OVERLAP = 0.5
"""Overlap under which a sentence tells more than another."""

MIN_WORDS = 8
"""Words from which a sentence tells anything: "Reading time 2 min." is one, too."""

_SPEECH = regex.compile(r"""[\p{Pi}"'„‚「『»-]""")


def select_if_empty(pick: SentenceSelector, article: Article) -> bool:
    """Takes the first that fit where nothing was chosen, those that tell most first; whether something is now."""
    if not pick.chosen:
        own = article_sentences(article)
        pick.offer_all(self_contained(own, article.language), "extracted")
        if not pick.chosen:
            pick.offer_all(own, "extracted")
    return bool(pick.chosen)


def extract_summary(pick: SentenceSelector, article: Article, most: int, room: int) -> bool:
    """Takes those that tell the news where the first of them has room, in words; whether something is chosen."""
    first = next(iter(self_contained(article_sentences(article)[:LEADING], article.language)), "")
    if first and words(first, article.language) <= room:
        fill_up(pick, article, most, room)
    return bool(pick.chosen)


def fill_up(pick: SentenceSelector, article: Article, most: int, until: int = FILL_WORDS) -> None:
    """Adds to fewer words than `until` those of the first that tell more, up to so many sentences in all."""
    if words(" ".join(claim.text for claim in pick.chosen), article.language) >= until:
        return
    own, language = article_sentences(article), article.language
    most = min(most, math.ceil(len(own) * MAX_SHARE))
    for sentence in self_contained(own[:LEADING], language):
        said = [claim.text for claim in pick.chosen]
        is_new = all(overlap(sentence, one, language) < MAX_OVERLAP for one in said)
        if is_new and len(said) < most and words(" ".join(said), language) < until:
            pick.offer_all([sentence], "extracted")


def self_contained(own: list[str], language: str) -> list[str]:
    """Those that say something to who has not read the others: no headings, no "Paris wants to know", no speech."""
    return [one for one in own if words(one, language) >= MIN_WORDS and not _SPEECH.match(one)]
