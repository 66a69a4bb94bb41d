"""POST /v1/blurbs."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
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
from summarizer.payloads import check_link, encoded_size, payloads, sms_text
from summarizer.sms import segments
from summarizer.watch import Watch

router = APIRouter(tags=["writing"])


class BlurbParameters(BaseModel):
    """The options of notifications: the limits of the screen, and what a tap opens."""

    model_config = ConfigDict(extra="forbid")

    profile: ProfileName = Field(
        "ios", description="The platform whose limits apply; `custom` requires `title_max` and `body_max`."
    )
    title_max: int | None = Field(None, ge=10, le=500, description="Characters in the title; overrides the profile.")
    body_max: int | None = Field(None, ge=20, le=2000, description="Characters in the body; overrides the profile.")
    alternatives: int = Field(1, ge=1, le=5, description="The number of wordings, including the chosen one.")
    link: Annotated[str, AfterValidator(check_link)] | None = Field(
        None,
        max_length=2000,
        description="The URL that a tap opens, of a page or of an app (`newsapp://story/5`); included in the payloads.",
    )
    topic: str | None = Field(
        None, pattern="^[a-zA-Z0-9-_.~%]{1,900}$", description="The FCM topic whose subscribers are notified."
    )
    segments: int | None = Field(
        None, ge=1, le=10, description="The maximum number of SMS segments, for the profile `sms`."
    )

    @model_validator(mode="after")
    def _custom_has_limits(self) -> Self:
        if self.profile == "custom" and None in {self.title_max, self.body_max}:
            raise ValueError("The profile `custom` needs both title_max and body_max.")
        return self

    def options(self, target_languages: tuple[str, ...], strictness: Strictness) -> BlurbOptions:
        """Returns the desk's options."""
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
    """An article to announce, with the target languages and the options of the notifications."""

    model_config = example(text=ARTICLE, target_languages=["en", "fr"], profile="ios")

    target_languages: list[Language] = Field(min_length=1, max_length=50, description="One blurb for each.")
    strictness: StrictnessField = "repair"


class WordingOut(BaseModel):
    """The title and the body of a notification."""

    title: str
    body: str


def _lines(wording: Wording) -> dict[str, str]:
    return {"title": wording.title, "body": wording.body}


class BlurbOut(WordingOut, SupportFields):
    """A notification in one language, ready to send."""

    target_language: str
    characters: dict[str, int] = Field(description="Characters of `title` and `body`, counted as graphemes.")
    bytes: dict[str, int] = Field(description="The size of each payload.")
    segments: int | None = Field(description="The number of SMS segments, for the profile `sms`.")
    payloads: dict[str, dict[str, Any]] = Field(
        description="Request bodies for `apns`, `fcm` (HTTP v1) and `webpush`, and the text for `sms`."
    )
    alternatives: list[WordingOut] = Field(
        description="Other wordings that fit and differ clearly, possibly fewer than requested."
    )

    @classmethod
    def of(cls, blurb: Blurb, options: BlurbOptions) -> Self:
        """Converts the desk's blurb and adds its payloads."""
        bodies = payloads(blurb.wording, options)
        return cls(
            target_language=blurb.target_language,
            **_lines(blurb.wording),
            characters={line: graphemes(text) for line, text in _lines(blurb.wording).items()},
            bytes={service: encoded_size(payload) for service, payload in bodies.items()},
            segments=segments(sms_text(blurb.wording)) if options.limits.segments else None,
            payloads=bodies,
            alternatives=[WordingOut(**_lines(other)) for other in blurb.alternatives],
            **support_fields(blurb),
        )


_EXAMPLE = Wording("US allies to intensify fight against IS", "The coalition says the group lost 40 percent in Iraq.")


class BlurbsResponse(BaseResponse):
    """The notifications, one per target language."""

    model_config = example(
        source_language="en",
        blurbs=[BlurbOut.of(Blurb("en", _EXAMPLE, (), (), ()), BlurbOptions(("en",))).model_dump()],
        failures=[],
        **provenance_example(),
    )

    source_language: str
    blurbs: list[BlurbOut]
    failures: list[FailureOut] = Field(
        description="Languages in which no notification fits; the others are not affected."
    )

    @classmethod
    def of(cls, result: Blurbs, options: BlurbOptions, request_id: str) -> Self:
        """Converts the desk's blurbs."""
        return cls(
            source_language=result.source_language,
            blurbs=[BlurbOut.of(blurb, options) for blurb in result.blurbs],
            failures=FailureOut.of(result.failures, request_id),
            **provenance_fields(result.provenance),
        )


def _write(desk: Desk, body: BlurbRequest, source: Source, watch: Watch) -> BlurbsResponse:
    options = body.options(tuple(body.target_languages), body.strictness)
    return BlurbsResponse.of(desk.blurb(source, options, model=body.model, watch=watch), options, request_id())


TASK = WritingTask("blurb", BlurbRequest, source_of, _write)


@router.post("/blurbs", response_model=BlurbsResponse)
async def write_blurbs(body: BlurbRequest, request: Request, answers: AnswersDep) -> Response:
    """Writes push notifications: a title and a body that fit the screen, with payloads ready to send."""
    return await answers.answer(request, TASK, body)
