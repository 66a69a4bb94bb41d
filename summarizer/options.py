"""What a caller may ask for, each task's wishes in one frozen value."""

from dataclasses import dataclass
from typing import Literal

Length = Literal["short", "medium", "long"]
Style = Literal["paragraph", "bullets", "headline"]
ProfileName = Literal["ios", "android", "web", "sms", "custom"]
Format = Literal["text", "html", "markdown"]

LENGTHS: dict[Length, tuple[int, int]] = {"short": (2, 50), "medium": (4, 100), "long": (7, 200)}
"""Sentences and words of each length."""

HEADLINE = 90
"""Characters of a headline: where the Guardian's desk tool reminds its editors (guardian/facia-tool, issue 1874)."""


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """A summary's language (None: the article's), length and looks. The two maxima are hard limits."""

    target_language: str | None = None
    length: Length = "short"
    max_sentences: int | None = None
    max_words: int | None = None
    style: Style = "paragraph"

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

    `glossary` has each term of the source with its translation; `keep` has terms that stay as they are.
    """

    format: Format = "text"
    glossary: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of a notification a kind of screen shows, in characters as a person sees them (graphemes)."""

    title_max: int
    body_max: int


PROFILES: dict[ProfileName, Profile] = {
    # Lock screen: about four lines (Batch, "Push notification character limits").
    "ios": Profile(50, 178),
    # Collapsed title and one or two lines of body (Batch; Emarsys: title 20-55).
    "android": Profile(50, 120),
    # Chrome on a desktop cuts titles at about 50 and bodies at about 120 (Batch).
    "web": Profile(50, 120),
    # One GSM-7 segment holds 160; title, colon and space go before the body.
    "sms": Profile(40, 118),
    "custom": Profile(65, 240),
}
"""Limits by profile; `custom` is where callers give their own."""


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

    @property
    def limits(self) -> Profile:
        """The profile's limits, or the caller's own."""
        profile = PROFILES[self.profile]
        return Profile(self.title_max or profile.title_max, self.body_max or profile.body_max)
