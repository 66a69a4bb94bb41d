"""What requests and answers have in common. Unknown fields are refused."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from service.errors import Problem, problem_from
from summarizer.article import Notice, Span, digest
from summarizer.checking.findings import Finding, FindingKind
from summarizer.desk import Source
from summarizer.editions import Blurb, Failure, Method, Provenance, SummarySentence
from summarizer.errors import UnknownLanguage
from summarizer.languages import canonical
from summarizer.options import Format, Strictness

ARTICLE = (
    "The United States and its allies Tuesday said they will “accelerate and intensify” their campaign against the "
    "Islamic State militant group.\n\nThe coalition noted the strides it has made, saying the group has lost 40 "
    "percent of the territory it had gained in Iraq and 20 percent in Syria."
)
"""The article of the examples: a work of the Voice of America, in the public domain."""

MODEL = "Qwen/Qwen2.5-Coder-1.5B-Instruct"

SIGNATURE = f"summarise:{MODEL}@38f6bab6#1|task:summary|length:short|style:paragraph|lede:0.1.0"


def _language(tag: str) -> str:
    try:
        return canonical(tag)
    except UnknownLanguage as error:
        raise ValueError(f"{error} {error.hint}") from error


StrictnessField = Annotated[
    Strictness,
    Field(
        description="What is done about a sentence that the article does not hold: `repair` writes it again, leaves it "
        "out, or takes the article's own instead; `report` lets it stand with its findings (never with a number that "
        "the article does not hold); `refuse` answers with an error."
    ),
]

Language = Annotated[str, AfterValidator(_language), Field(description="A BCP 47 tag.", examples=["fr", "pt-BR"])]


def example(**values: Any) -> ConfigDict:
    """The configuration of a schema whose documentation shows these values."""
    return ConfigDict(extra="forbid", json_schema_extra={"example": values})


class BaseRequest(BaseModel):
    """What every request for written text may say."""

    model_config = ConfigDict(extra="forbid")

    model: str | None = Field(None, description="A model's id from `/v1/models`; by default the service's own choice.")
    stream: bool = Field(
        False,
        description="Answer with server-sent events: `progress`, `delta`, `warning`, and one "
        "`result` (this endpoint's plain answer) or `error` (a problem).",
    )
    deadline_ms: int | None = Field(None, gt=0, description="Give up after so many milliseconds.")


class ArticleFields(BaseModel):
    """An article, as exactly one of `text`, `html` and `url`."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(None, description="The article's text, as pasted.")
    html: str | None = Field(None, description="The article's page.")
    url: str | None = Field(None, description="A link to the article's page.")
    title: str | None = Field(None, description="The article's headline, where it is known.")
    source_language: Language | None = Field(None, description="The article's language; detected by default.")

    @model_validator(mode="after")
    def _one_article(self) -> Self:
        given = [name for name in ("text", "html", "url") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"Send exactly one of text, html and url, not {' and '.join(given) or 'none of them'}.")
        return self

    def source(self) -> Source:
        """The article as the desk takes it."""
        return Source(text=self.text, html=self.html, title=self.title, source_language=self.source_language)


class ArticleRequest(BaseRequest, ArticleFields):
    """An article to write about."""


class Evidence(BaseModel):
    """Characters `start` to `end` (exclusive) of the article as it was sent."""

    start: int
    end: int

    @classmethod
    def of(cls, spans: tuple[Span, ...]) -> list[Self]:
        """Spans as JSON."""
        return [cls(start=span.start, end=span.end) for span in spans]


class WarningOut(BaseModel):
    """Something to know about an answer."""

    kind: str = Field(description="A fixed word to match on.", examples=["numbers_differ"])
    message: str = Field(description="What it is, in English.")

    @classmethod
    def of(cls, notices: tuple[Notice, ...]) -> list[Self]:
        """Notices as JSON."""
        return [cls(kind=notice.kind, message=notice.message) for notice in notices]


class FindingOut(BaseModel):
    """One thing that a sentence says and the article does not, or says less strongly."""

    kind: FindingKind = Field(description="What kind of claim it is.")
    claim: str = Field(description="The phrase in the sentence.")
    evidence: str | None = Field(description="The article's phrase, where there is one.")
    message: str = Field(description="Both in words, in English.")

    @classmethod
    def of(cls, findings: tuple[Finding, ...]) -> list[Self]:
        """Findings as JSON."""
        return [
            cls(kind=finding.kind, claim=finding.claim, evidence=finding.evidence, message=finding.message)
            for finding in findings
        ]


class FailureOut(BaseModel):
    """A language that nothing could be made in."""

    target_language: str
    format: Format | None = Field(None, description="The format that could not be made, of an edition.")
    error: Problem = Field(
        description="Why, as the problem that a request for this language alone would be answered with."
    )

    @classmethod
    def of(cls, failures: tuple[Failure, ...], request_id: str) -> list[Self]:
        """Failures as JSON."""
        return [
            cls(
                target_language=failure.target_language,
                format=failure.format,
                error=problem_from(failure.error, request_id),
            )
            for failure in failures
        ]


class SupportFields(BaseModel):
    """What was found of a text by comparing it with the article."""

    evidence: list[Evidence] = Field(description="Where the article says it.")
    support: float = Field(ge=0, le=1, description="How much of it the evidence holds.")
    findings: list[FindingOut] = Field(description="What the article does not hold, or holds less strongly.")
    method: Method = Field(
        description="How it was come by: as the model first wrote it, as it wrote it again because something did not "
        "hold, or taken from the article because nothing did."
    )
    warnings: list[WarningOut]


def support_fields(made: SummarySentence | Blurb) -> dict[str, Any]:
    """The fields of Checked."""
    return {
        "evidence": Evidence.of(made.evidence),
        "support": made.support,
        "findings": FindingOut.of(made.findings),
        "method": made.method,
        "warnings": WarningOut.of(made.warnings),
    }


class BaseResponse(BaseModel):
    """What every answer says of how it came to be."""

    model: str = Field(description="The models that wrote it.")
    signature: str = Field(description="All that made it: models, revisions, prompts, options, version.")
    article_sha256: str = Field(description="SHA-256 of what was read: with the signature, the receipt of this answer.")
    cached: bool = Field(description="Whether it was written before, for the same request.")
    timings_ms: dict[str, float] = Field(description="Milliseconds by step, each language counted.")


def provenance_fields(made: Provenance) -> dict[str, Any]:
    """The fields of Answer."""
    return {
        "model": made.model,
        "signature": made.signature,
        "article_sha256": made.article,
        "cached": False,
        "timings_ms": made.timings_ms,
    }


def provenance_example() -> dict[str, Any]:
    """The fields of Answer, for a schema's example."""
    return {
        "model": MODEL,
        "signature": SIGNATURE,
        "article_sha256": digest(ARTICLE),
        "cached": False,
        "timings_ms": {"writing": 6120.4, "total": 6140.9},
    }
