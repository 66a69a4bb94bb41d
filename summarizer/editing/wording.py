"""Chooses a notification's title and body: those that fit the screen and repeat each other least."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import regex

from summarizer.article import Notice
from summarizer.checking.facts import facts
from summarizer.checking.findings import CheckedSentence
from summarizer.checking.measure import graphemes, has_balanced_quotes, is_complete, words
from summarizer.checking.overlap import overlap
from summarizer.editing.clause_ends import clause_prefixes, phrase_prefixes
from summarizer.editing.judge import Judge, Verdict
from summarizer.editing.visible_text import visible_text
from summarizer.editions import METHODS, Method, Wording
from summarizer.errors import CannotFit
from summarizer.languages import primary
from summarizer.options import BlurbOptions, Profile
from summarizer.payloads import oversized, sms_text
from summarizer.sms import segments
from summarizer.writing.headline import MIN_WORDS, without_full_stop

MAX_OVERLAP = 0.75
"""Overlap below which two wordings are distinct."""

CLAUSE_SHARE, PHRASE_SHARE = 1 / 2, 1 / 3
"""Minimum shares of the limit that a cut line fills, at a clause or before a phrase; a shorter one says too little."""

FULL_STOPS = {"zh": "。", "ja": "。", "hi": "।", "bn": "।", "ur": "۔", "th": "", "lo": ""}
"""Sentence ends other than ".", by language."""

Cleaner = Callable[[str], str]

_LOOSE = regex.compile(r"[\s,;:،؛、，；：–—-]+$")
_ELLIPSIS = regex.compile(r"(?:…|\.\.\.)['\"”’»]*$")


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A line in the target language, the check of it, and how it was written.

    `copies_opening` is set if it begins like the article.
    """

    text: str
    checked: CheckedSentence
    method: Method
    warnings: tuple[Notice, ...] = ()
    copies_opening: bool = False


@dataclass(frozen=True, slots=True)
class CandidateLines:
    """Titles and bodies to choose from, the best first."""

    titles: tuple[CandidateLine, ...]
    bodies: tuple[CandidateLine, ...]

    def __add__(self, other: "CandidateLines") -> "CandidateLines":
        return CandidateLines(self.titles + other.titles, self.bodies + other.bodies)


@dataclass(frozen=True, slots=True)
class LinePair:
    """A title and a body."""

    title: CandidateLine
    body: CandidateLine

    @property
    def wording(self) -> Wording:
        """The two lines."""
        return Wording(self.title.text, self.body.text)

    @property
    def method(self) -> Method:
        """The later method of the two in the fallback chain."""
        return max(self.title.method, self.body.method, key=METHODS.index)


def choose_wordings(
    candidates: CandidateLines,
    options: BlurbOptions,
    language: str,
    judge: Judge,
    *,
    shorten: bool = False,
    repeat: bool = False,
) -> tuple[LinePair, ...]:
    """Returns up to `options.alternatives` distinct wordings that fit, the best first.

    With `shorten`, lines are cut at a clause if none fits; `judge` rejects cuts that change the meaning. With `repeat`,
    a body may begin like its title if there is no other. Raises CannotFit.
    """
    limits = options.limits
    title_cleaner, body_cleaner = without_full_stop, partial(_with_full_stop, language=language)
    titles = _fitting(candidates.titles, limits.title_max, title_cleaner)
    bodies = _fitting(candidates.bodies, limits.body_max, body_cleaner)
    if shorten:
        titles = titles or _cut_lines(candidates.titles, limits.title_max, language, title_cleaner, judge.title)
        bodies = bodies or _cut_lines(candidates.bodies, limits.body_max, language, body_cleaner, judge.sentence)
    pairs = [LinePair(title, body) for title in titles for body in bodies]
    usable = [pair for pair in pairs if not _repeats(pair)] or (pairs if repeat else [])
    sendable = [pair for pair in usable if _is_sendable(pair.wording, options)]
    if not sendable:
        raise CannotFit(*_cannot_fit(usable, options, language))
    return tuple(_distinct(sorted(sendable, key=lambda pair: _cost(pair, language)), options.alternatives, language))


def _fitting(lines: Sequence[CandidateLine], limit: int, clean: Cleaner) -> list[CandidateLine]:
    return [line for line in _cleaned(lines, clean) if 0 < graphemes(line.text) <= limit]


def _cleaned(lines: Sequence[CandidateLine], clean: Cleaner) -> list[CandidateLine]:
    return [replace(line, text=clean(visible_text(line.text))) for line in lines if not _ELLIPSIS.search(line.text)]


def _cut_lines(
    lines: Sequence[CandidateLine], limit: int, language: str, clean: Cleaner, judging: Callable[[str], Verdict]
) -> list[CandidateLine]:
    verdicts = [
        (line, judging(text)) for line in _cleaned(lines, clean) for text in _cut(line.text, limit, language, clean)
    ]
    return [
        replace(line, text=verdict.text, checked=verdict.checked)
        for line, verdict in verdicts
        if verdict.standing != "rejected"
    ]


def _cut(text: str, limit: int, language: str, clean: Cleaner) -> Iterator[str]:
    """The longest beginning of a text that fits and is long enough, preferably a whole clause."""
    for prefixes, share in ((clause_prefixes, CLAUSE_SHARE), (phrase_prefixes, PHRASE_SHARE)):
        fitting = _fitting_prefixes(prefixes(text, language), limit, language, clean)
        if fitting and graphemes(fitting[-1]) >= share * limit:
            yield fitting[-1]
            return


def _fitting_prefixes(prefixes: Sequence[str], limit: int, language: str, clean: Cleaner) -> list[str]:
    cleaned = (clean(one) for one in prefixes if words(one, language) >= MIN_WORDS and has_balanced_quotes(one))
    return [prefix for prefix in cleaned if 0 < graphemes(prefix) <= limit]


def _with_full_stop(body: str, language: str) -> str:
    """The body as a complete sentence; empty if a full stop does not make it one, as with "1"."""
    if is_complete(body, language):
        return body
    bare = _LOOSE.sub("", body)
    closed = bare + FULL_STOPS.get(primary(language), ".")
    return closed if bare and is_complete(closed, language) else ""


def _repeats(pair: LinePair) -> bool:
    return without_full_stop(pair.body.text).casefold().startswith(pair.title.text.casefold())


def _is_sendable(wording: Wording, options: BlurbOptions) -> bool:
    limit = options.limits.segments
    return not oversized(wording, options) and (limit is None or segments(sms_text(wording)) <= limit)


def _cost(pair: LinePair, language: str) -> tuple[int, bool, int, bool, float]:
    """Sort key of a pair, lower is better. A title without a name or number is vague."""
    warnings = len({*pair.title.warnings, *pair.body.warnings})
    repetition = overlap(pair.title.text, pair.body.text, language)
    is_vague = not facts(pair.title.text, language)
    return METHODS.index(pair.method), pair.body.copies_opening, warnings, is_vague, round(repetition, 1)


def _distinct(pairs: Sequence[LinePair], count: int, language: str) -> list[LinePair]:
    distinct: list[LinePair] = []
    for pair in pairs:
        if all(_are_distinct(pair, other, language) for other in distinct):
            distinct.append(pair)
    return distinct[:count]


def _are_distinct(one: LinePair, other: LinePair, language: str) -> bool:
    lines = ((one.title.text, other.title.text), (one.body.text, other.body.text))
    return all(overlap(text, other_text, language) < MAX_OVERLAP for text, other_text in lines)


def _cannot_fit(pairs: Sequence[LinePair], options: BlurbOptions, language: str) -> tuple[str, str]:
    """The message and the hint of the error."""
    limits = options.limits
    if pairs and (services := oversized(pairs[0].wording, options)):
        sizes = " and ".join(f"{service} accepts {limit} bytes" for service, limit in services.items())
        return f"No payload in {language} fits: {sizes}.", "Send a shorter `link`."
    if pairs:
        return f"No notification in {language} fits {limits.segments} text messages.", "Raise `segments`."
    return _limits_message(limits, language), ""


def _limits_message(limits: Profile, language: str) -> str:
    return (
        f"No notification in {language} fits a title of {limits.title_max} and a body of {limits.body_max} characters."
    )
