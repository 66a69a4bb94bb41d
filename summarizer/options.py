"""The options of each task."""

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal, get_args

from summarizer.languages import canonical, closest

Length = Literal["short", "medium", "long"]
Style = Literal["paragraph", "bullets", "headline"]
ProfileName = Literal["ios", "android", "web", "watch", "sms", "custom"]

Format = Literal["summary", "translation", "blurb"]
"""A part of an edition."""

FORMATS: tuple[Format, ...] = get_args(Format)

TextFormat = Literal["text", "html", "markdown"]
"""The format of texts to translate."""

Strictness = Literal["report", "repair", "refuse"]
"""What to do about a sentence that the article does not support: report it, repair it, or raise an error."""

LatePolicy = Literal["refuse", "extract"]
"""What to do if a deadline cannot be met: raise an error, or return what is written or copied from the article."""

LENGTHS: dict[Length, tuple[int, int]] = {"short": (2, 50), "medium": (4, 100), "long": (7, 200)}
"""Maximum sentences and words of each length."""

HEADLINE_CHARACTERS = 90
"""Maximum characters of a headline: the Guardian's desk tool warns editors there (guardian/facia-tool, issue 1874)."""


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """A summary's language (None: the article's), length and style. `max_sentences` and `max_words` are hard limits."""

    target_language: str | None = None
    length: Length = "short"
    max_sentences: int | None = None
    max_words: int | None = None
    style: Style = "paragraph"
    strictness: Strictness = "repair"
    late: LatePolicy = "refuse"

    @property
    def sentences(self) -> int:
        """The maximum number of sentences."""
        return self.max_sentences or LENGTHS[self.length][0]

    @property
    def words(self) -> int:
        """The maximum number of words."""
        return self.max_words or LENGTHS[self.length][1]


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How tags in HTML and XML are read, by the names of elements in lower case.

    The content of `ignored` elements is not translated. `splitting` elements separate sentences and `non_splitting`
    elements do not, whatever HTML says. Without `outline`, only `splitting` elements do.
    """

    ignored: tuple[str, ...] = ()
    splitting: tuple[str, ...] = ()
    non_splitting: tuple[str, ...] = ()
    outline: bool = True


STANDARD_TAGS = TagOptions()
"""Tags as HTML defines them."""


@dataclass(frozen=True, slots=True)
class TranslationOptions:
    """The format of texts to translate, and their terminology.

    `glossary` has pairs of a source term and its translation; `keep` has terms that are not translated. `alternatives`
    is the maximum number of alternative translations of each plain text. Without `split_sentences`, each passage is
    translated as one sentence, if it fits the model.
    """

    format: TextFormat = "text"
    glossary: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    alternatives: int = 0
    tags: TagOptions = STANDARD_TAGS
    split_sentences: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """How much of a notification a screen shows, in user-perceived characters (graphemes).

    `segments` is the maximum number of text messages for title and body together; None if it is not sent as text.
    """

    title_max: int
    body_max: int
    segments: int | None = None


_DATA = tomllib.loads((files("summarizer") / "data" / "profiles.toml").read_text("utf-8"))

PROFILES: dict[str, Profile] = {
    name: Profile(values["title_max"], values["body_max"], values.get("segments"))
    for name, values in _DATA.items()
    if "title_max" in values
}
"""Limits by profile; `custom` is for the caller's own limits. data/profiles.toml names the sources."""

PAYLOAD_BYTES: dict[str, int] = _DATA["bytes"]
"""Maximum bytes of a payload, by push service."""


@dataclass(frozen=True, slots=True)
class BlurbOptions:
    """The languages of notifications, their limits, the number of wordings, and the link that they open."""

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
        """The profile's limits, replaced by the caller's own."""
        profile = PROFILES[self.profile]
        return replace(
            profile,
            title_max=self.title_max or profile.title_max,
            body_max=self.body_max or profile.body_max,
            segments=profile.segments and (self.segments or profile.segments),
        )


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """The languages and formats of editions, and the options of their summaries and blurbs.

    The languages in `summary` and `blurb` are ignored. `glossaries` has pairs of a language and its glossary; `keep`
    has terms that are not translated.
    """

    target_languages: tuple[str, ...]
    formats: tuple[Format, ...] = FORMATS
    summary: SummaryOptions = SummaryOptions()
    blurb: BlurbOptions = BlurbOptions(())
    glossaries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    keep: tuple[str, ...] = ()

    def terms(self, target: str) -> TranslationOptions:
        """Returns the terminology of a language, for all formats of its edition."""
        glossary = next((terms for language, terms in self.glossaries if closest(target, [language])), ())
        return TranslationOptions(glossary=glossary, keep=self.keep)

    @property
    def targets(self) -> tuple[str, ...]:
        """The distinct languages as BCP 47 tags. Raises UnknownLanguage."""
        return tuple(dict.fromkeys(map(canonical, self.target_languages)))
