"""What a caller may ask for, each task's wishes in one frozen value."""

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal, get_args

from summarizer.languages import canonical, closest

Length = Literal["short", "medium", "long"]
Style = Literal["paragraph", "bullets", "headline"]
ProfileName = Literal["ios", "android", "web", "watch", "sms", "custom"]

Format = Literal["summary", "translation", "blurb"]
"""What an edition may hold."""

FORMATS: tuple[Format, ...] = get_args(Format)

TextFormat = Literal["text", "html", "markdown"]
"""How texts to translate are written."""

Strictness = Literal["report", "repair", "refuse"]
"""What is done about a sentence that the article does not hold: tell, mend, or give no answer."""

LatePolicy = Literal["refuse", "extract"]
"""What is done when a deadline cannot be met: give no answer, or what was written so far or the article's own words."""

LENGTHS: dict[Length, tuple[int, int]] = {"short": (2, 50), "medium": (4, 100), "long": (7, 200)}
"""Sentences and words of each length."""

HEADLINE_CHARACTERS = 90
"""Characters of a headline: where the Guardian's desk tool reminds its editors (guardian/facia-tool, issue 1874)."""


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """A summary's language (None: the article's), length and looks. The two maxima are hard limits."""

    target_language: str | None = None
    length: Length = "short"
    max_sentences: int | None = None
    max_words: int | None = None
    style: Style = "paragraph"
    strictness: Strictness = "repair"
    late: LatePolicy = "refuse"

    @property
    def sentences(self) -> int:
        """The most sentences."""
        return self.max_sentences or LENGTHS[self.length][0]

    @property
    def words(self) -> int:
        """The most words."""
        return self.max_words or LENGTHS[self.length][1]


@dataclass(frozen=True, slots=True)
class TranslationOptions:
    """What texts to translate are, and the words that are not the model's to choose.

    `glossary` has each term of the source with its translation; `keep` has terms that stay as they are. So many
    `alternatives` are wanted of each plain text, at most.
    """

    format: TextFormat = "text"
    glossary: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    alternatives: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of a notification a kind of screen shows, in characters as a person sees them (graphemes).

    `segments` is how many text messages title and body may take together; None where none are sent.
    """

    title_max: int
    body_max: int
    segments: int | None = None


_DATA = tomllib.loads((files("summarizer") / "data" / "profiles.toml").read_text("utf-8"))

PROFILES: dict[str, Profile] = {
    name: Profile(given["title_max"], given["body_max"], given.get("segments"))
    for name, given in _DATA.items()
    if "title_max" in given
}
"""Limits by profile; `custom` is where callers give their own. The sources stand in data/profiles.toml."""

PAYLOAD_BYTES: dict[str, int] = _DATA["bytes"]
"""The most bytes of a payload by push service."""


@dataclass(frozen=True, slots=True)
class BlurbOptions:
    """Notifications wanted: languages, limits, how many versions, and what they lead to."""

    target_languages: tuple[str, ...]
    profile: ProfileName = "ios"
    title_max: int | None = None
    body_max: int | None = None
    alternatives: int = 1
    link: str | None = None
    topic: str | None = None
    segments: int | None = None
    strictness: Strictness = "repair"

    @property
    def limits(self) -> Profile:
        """The profile's limits, or the caller's own."""
        profile = PROFILES[self.profile]
        return replace(
            profile,
            title_max=self.title_max or profile.title_max,
            body_max=self.body_max or profile.body_max,
            segments=profile.segments and (self.segments or profile.segments),
        )


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """Editions wanted: the languages, the formats of each, and what is wished of summaries and blurbs.

    The languages of `summary` and `blurb` count for nothing here. `glossaries` has each language's terms with their
    translations, `keep` those that stay as they are in all.
    """

    target_languages: tuple[str, ...]
    formats: tuple[Format, ...] = FORMATS
    summary: SummaryOptions = SummaryOptions()
    blurb: BlurbOptions = BlurbOptions(())
    glossaries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    keep: tuple[str, ...] = ()

    def terms(self, target: str) -> TranslationOptions:
        """The words that are not the model's to choose in a language, the same in all formats of its edition."""
        mine = next((terms for language, terms in self.glossaries if closest(target, [language])), ())
        return TranslationOptions(glossary=mine, keep=self.keep)

    @property
    def targets(self) -> tuple[str, ...]:
        """The languages as BCP 47 tags, each once. Raises UnknownLanguage."""
        return tuple(dict.fromkeys(map(canonical, self.target_languages)))
