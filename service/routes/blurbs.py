"""POST /v1/blurbs."""

from typing import Any, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from service.answering.sources import source_of
from service.answering.tasks import WritingTask, request_id
from service.dependencies import AnswersDep
from service.schemas import (
    ARTICLE,
    ArticleRequest,
    BaseResponse,
    FailureOut,
    Language,
    StrictnessField,
    SupportFields,
    example,
    provenance_example,
    provenance_fields,
    support_fields,
)
from summarizer.checking.measure import graphemes
from summarizer.desk import Desk, Source
from summarizer.editions import Blurb, Blurbs, Wording
from summarizer.options import BlurbOptions, ProfileName, Strictness
from summarizer.payloads import encoded_size, payloads, sms_text
from summarizer.sms import segments
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class BlurbParameters(BaseModel):
    """How notifications are wanted: on what kind of screen, and what they lead to."""

    model_config = ConfigDict(extra="forbid")

    profile: ProfileName = Field("ios", description="Whose limits apply; `custom` with the two maxima below.")
    title_max: int | None = Field(None, ge=10, le=500, description="Characters of the title, instead of the profile's.")
    body_max: int | None = Field(None, ge=20, le=2000, description="Characters of the body, instead of the profile's.")
    alternatives: int = Field(1, ge=1, le=5, description="How many wordings, the chosen one among them.")
    link: str | None = Field(None, max_length=2000, description="What a tap opens; goes into the payloads.")
    topic: str | None = Field(
        None, pattern="^[a-zA-Z0-9-_.~%]{1,900}$", description="The FCM topic whose subscribers are told."
    )
    segments: int | None = Field(None, ge=1, le=10, description="Text messages at most, with the profile `sms`.")

    @model_validator(mode="after")
    def _custom_has_limits(self) -> Self:
        if self.profile == "custom" and None in {self.title_max, self.body_max}:
            raise ValueError("The profile `custom` needs both title_max and body_max.")
        return self

    def options(self, target_languages: tuple[str, ...], strictness: Strictness) -> BlurbOptions:
        """What the desk is asked for."""
        return BlurbOptions(
            target_languages,
            self.profile,
            self.title_max,
            self.body_max,
            self.alternatives,
            self.link,
            self.topic,
            self.segments,
            strictness,
        )


class BlurbRequest(ArticleRequest, BlurbParameters):
    """An article to announce, in which languages, on what kind of screen."""

    model_config = example(text=ARTICLE, target_languages=["en", "fr"], profile="ios")

    target_languages: list[Language] = Field(min_length=1, max_length=50, description="One blurb for each.")
    strictness: StrictnessField = "repair"


class WordingOut(BaseModel):
    """A notification's two lines."""

    title: str
    body: str


def _lines(wording: Wording) -> dict[str, str]:
    return {"title": wording.title, "body": wording.body}


class BlurbOut(WordingOut, SupportFields):
    """A notification in one language, ready to send."""

    target_language: str
    characters: dict[str, int] = Field(description="As a person counts them, of `title` and `body`.")
    bytes: dict[str, int] = Field(description="Of each payload as it is sent.")
    segments: int | None = Field(description="Text messages that it takes, with the profile `sms`.")
    payloads: dict[str, dict[str, Any]] = Field(
        description="Bodies for `apns`, `fcm` (HTTP v1) and `webpush`, and the text for `sms`."
    )
    alternatives: list[WordingOut] = Field(description="Really different wordings that fit, as many as there are.")

    @classmethod
    def of(cls, blurb: Blurb, options: BlurbOptions) -> Self:
        """The desk's blurb as JSON, with its payloads."""
        ready = payloads(blurb.wording, options)
        return cls(
            target_language=blurb.target_language,
            **_lines(blurb.wording),
            characters={line: graphemes(text) for line, text in _lines(blurb.wording).items()},
            bytes={service: encoded_size(payload) for service, payload in ready.items()},
            segments=segments(sms_text(blurb.wording)) if options.limits.segments else None,
            payloads=ready,
            alternatives=[WordingOut(**_lines(other)) for other in blurb.alternatives],
            **support_fields(blurb),
        )


_EXAMPLE = Wording("US allies to intensify fight against IS", "The coalition says the group lost 40 percent in Iraq.")


class BlurbsResponse(BaseResponse):
    """The notifications, one a language."""

    model_config = example(
        source_language="en",
        blurbs=[BlurbOut.of(Blurb("en", _EXAMPLE, (), (), ()), BlurbOptions(("en",))).model_dump()],
        failures=[],
        **provenance_example(),
    )

    source_language: str
    blurbs: list[BlurbOut]
    failures: list[FailureOut] = Field(description="Languages that nothing fits in; the others are not held up.")

    @classmethod
    def of(cls, made: Blurbs, options: BlurbOptions, request_id: str) -> Self:
        """The desk's blurbs as JSON."""
        return cls(
            source_language=made.source_language,
            blurbs=[BlurbOut.of(blurb, options) for blurb in made.blurbs],
            failures=FailureOut.of(made.failures, request_id),
            **provenance_fields(made.provenance),
        )


def _write(desk: Desk, wanted: BlurbRequest, source: Source, watch: Watch) -> BlurbsResponse:
    options = wanted.options(tuple(wanted.target_languages), wanted.strictness)
    return BlurbsResponse.of(desk.blurb(source, options, model=wanted.model, watch=watch), options, request_id())


TASK = WritingTask("blurb", BlurbRequest, source_of, _write)


@router.post("/blurbs", response_model=BlurbsResponse)
async def blurb(wanted: BlurbRequest, request: Request, answers: AnswersDep) -> Response:
    """Push notifications about an article: a title and a body that fit the screen, with payloads ready to send."""
    return await answers.answer(request, TASK, wanted)
