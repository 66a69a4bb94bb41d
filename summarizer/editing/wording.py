"""The choice of a notification's two lines: those that fit the screen and say most without repeating each other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from summarizer.article import Notice
from summarizer.checking.facts import facts
from summarizer.checking.findings import CheckedSentence
from summarizer.checking.measure import graphemes, has_balanced_quotes, is_complete, words
from summarizer.checking.overlap import overlap
from summarizer.editing.clause_ends import clause_prefixes, phrase_prefixes
from summarizer.editing.visible_text import visible_text
from summarizer.editions import METHODS, Method, Wording
from summarizer.errors import CannotFit
from summarizer.languages import primary
from summarizer.options import BlurbOptions, Profile
from summarizer.payloads import oversized, sms_text
from summarizer.sms import segments
from summarizer.writing.headline import MIN_WORDS, without_full_stop

MAX_OVERLAP = 0.75
"""Overlap under which two wordings are really different."""

CLAUSE_SHARE, PHRASE_SHARE = 1 / 2, 1 / 3
"""Shares of the room that a beginning fills: a shorter one has hardly begun to say what the line says."""

FULL_STOPS = {"zh": "。", "ja": "。", "hi": "।", "bn": "।", "ur": "۔", "th": "", "lo": ""}
"""What closes a sentence where it is not a full stop."""

Cleaner = Callable[[str], str]

_LOOSE = regex.compile(r"[\s,;:،؛、，；：–—-]+$")
_ELLIPSIS = regex.compile(r"(?:…|\.\.\.)['\"”’»]*$")


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A line in the language wanted, what its original was found to hold, and how it was come by.

    `copies` is set where it begins as the article does.
    """

    text: str
    checked: CheckedSentence
    method: Method
    warnings: tuple[Notice, ...] = ()
    copies: bool = False


@dataclass(frozen=True, slots=True)
class CandidateLines:
    """Titles and bodies to choose from, the best first."""

    titles: tuple[CandidateLine, ...]
    bodies: tuple[CandidateLine, ...]

    def __add__(self, other: "CandidateLines") -> "CandidateLines":
        return CandidateLines(self.titles + other.titles, self.bodies + other.bodies)


@dataclass(frozen=True, slots=True)
class LinePair:
    """One title and one body that go together."""

    title: CandidateLine
    body: CandidateLine

    @property
    def wording(self) -> Wording:
        """The two lines."""
        return Wording(self.title.text, self.body.text)

    @property
    def method(self) -> Method:
        """The lower method of the two."""
        return max(self.title.method, self.body.method, key=METHODS.index)


def choose_wordings(
    offer: CandidateLines, options: BlurbOptions, language: str, *, shorten: bool = False, repeat: bool = False
) -> tuple[LinePair, ...]:
    """Up to `options.alternatives` wordings that fit, each really different from those before, the best first.

    With `shorten`, where no line fits, its longest beginning that is a clause and fits; with `repeat`, where there is
    no other, a body that begins as its title does. Raises CannotFit.
    """
    limits = options.limits
    titles = _fitting(offer.titles, limits.title_max, language, shorten=shorten, tidy=without_full_stop)
    bodies = _fitting(
        offer.bodies, limits.body_max, language, shorten=shorten, tidy=lambda body: _with_full_stop(body, language)
    )
    pairs = [LinePair(title, body) for title in titles for body in bodies]
    fresh = [pair for pair in pairs if not _repeats(pair)] or (pairs if repeat else [])
    sent = [pair for pair in fresh if _is_sendable(pair.wording, options)]
    if not sent:
        raise CannotFit(*_cannot_fit(fresh, options, language))
    order = sorted(range(len(sent)), key=lambda at: (*_cost(sent[at], language), at))
    return tuple(_different([sent[at] for at in order], options.alternatives, language))


def _fitting(
    lines: Sequence[CandidateLine], most: int, language: str, *, shorten: bool, tidy: Cleaner
) -> list[CandidateLine]:
    whole = [replace(line, text=tidy(visible_text(line.text))) for line in lines if not _ELLIPSIS.search(line.text)]
    fitting = [line for line in whole if 0 < graphemes(line.text) <= most]
    if fitting or not shorten:
        return fitting
    return [replace(line, text=text) for line in whole for text in _clause(line.text, most, language, tidy)]


def _clause(text: str, most: int, language: str, tidy: Cleaner) -> Iterator[str]:
    """The longest beginning of a text that fits and says enough: a whole clause where one fills half the room."""
    for starts, share in ((clause_prefixes, CLAUSE_SHARE), (phrase_prefixes, PHRASE_SHARE)):
        fitting = _fitted(starts(text, language), most, language, tidy)
        if fitting and graphemes(fitting[-1]) >= share * most:
            yield fitting[-1]
            return


def _fitted(begun: Sequence[str], most: int, language: str, tidy: Cleaner) -> list[str]:
    said = (tidy(start) for start in begun if words(start, language) >= MIN_WORDS and has_balanced_quotes(start))
    return [start for start in said if 0 < graphemes(start) <= most]


def _with_full_stop(body: str, language: str) -> str:
    """A body that ends its sentence, or nothing where a stop makes no sentence of it, as of "1"."""
    if is_complete(body, language):
        return body
    bare = _LOOSE.sub("", body)
    closed = bare + FULL_STOPS.get(primary(language), ".")
    return closed if bare and is_complete(closed, language) else ""


def _repeats(pair: LinePair) -> bool:
    return without_full_stop(pair.body.text).casefold().startswith(pair.title.text.casefold())


def _is_sendable(wording: Wording, options: BlurbOptions) -> bool:
    most = options.limits.segments
    return not oversized(wording, options) and (most is None or segments(sms_text(wording)) <= most)


def _cost(pair: LinePair, language: str) -> tuple[int, bool, int, bool, float]:
    """What speaks against a pair, the worst first: among it a title with no name and no number in it."""
    warnings = len({*pair.title.warnings, *pair.body.warnings})
    said_twice = overlap(pair.title.text, pair.body.text, language)
    is_vague = not facts(pair.title.text, language)
    return METHODS.index(pair.method), pair.body.copies, warnings, is_vague, round(said_twice, 1)


def _different(pairs: Sequence[LinePair], count: int, language: str) -> list[LinePair]:
    chosen: list[LinePair] = []
    for pair in pairs:
        if all(_differ(pair, other, language) for other in chosen):
            chosen.append(pair)
    return chosen[:count]


def _differ(one: LinePair, other: LinePair, language: str) -> bool:
    lines = ((one.title.text, other.title.text), (one.body.text, other.body.text))
    return all(overlap(mine, theirs, language) < MAX_OVERLAP for mine, theirs in lines)


def _cannot_fit(pairs: Sequence[LinePair], options: BlurbOptions, language: str) -> tuple[str, str]:
    """What does not fit, and what to do about it."""
    limits = options.limits
    if pairs and (services := oversized(pairs[0].wording, options)):
        told = " and ".join(f"{service} takes {most} bytes" for service, most in services.items())
        return f"No payload in {language} fits: {told}.", "Send a shorter `link`."
    if pairs:
        return f"No notification in {language} fits {limits.segments} text messages.", "Raise `segments`."
    return _limits_message(limits, language), ""


def _limits_message(limits: Profile, language: str) -> str:
    return (
        f"No notification in {language} fits a title of {limits.title_max} and a body of {limits.body_max} characters."
    )
