"""The parts that requests and responses share. Unknown fields are rejected."""

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
"""The article used in the examples: by the Voice of America, in the public domain."""

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
        description="What to do with a sentence that the article does not support. `repair` rewrites it, drops it or "
        "replaces it with a sentence copied from the article; `report` returns it with its findings (but never with a "
        "number that the article does not mention); `refuse` returns an error."
    ),
]

Language = Annotated[str, AfterValidator(_language), Field(description="A BCP 47 tag.", examples=["fr", "pt-BR"])]


def example(**values: Any) -> ConfigDict:
    """Returns the configuration of a schema documented with these values."""
    return ConfigDict(extra="forbid", json_schema_extra={"example": values})


class BaseRequest(BaseModel):
    """The options that every request for written text accepts."""

    model_config = ConfigDict(extra="forbid")

    model: str | None = Field(None, description="A model's id from `/v1/models`; the service chooses by default.")
    stream: bool = Field(
        False,
        description="Respond with server-sent events: `progress`, `delta`, `warning`, and finally one `result` (the "
        "plain response of this endpoint) or `error` (a problem).",
    )
    deadline_ms: int | None = Field(None, gt=0, description="Milliseconds after which the request is abandoned.")


class ArticleFields(BaseModel):
    """An article, given as exactly one of `text`, `html` and `url`."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(None, description="The text of the article, as pasted.")
    html: str | None = Field(None, description="The HTML page of the article.")
    url: str | None = Field(None, description="The URL of the article's page.")
    title: str | None = Field(None, description="The headline of the article, if known.")
    source_language: Language | None = Field(None, description="The article's language; detected by default.")

    @model_validator(mode="after")
    def _one_article(self) -> Self:
        present = [name for name in ("text", "html", "url") if getattr(self, name) is not None]
        if len(present) != 1:
            raise ValueError(f"Send exactly one of text, html and url, not {' and '.join(present) or 'none of them'}.")
        return self

    def source(self) -> Source:
        """Returns the article as the desk's input."""
        return Source(text=self.text, html=self.html, title=self.title, source_language=self.source_language)


class ArticleRequest(BaseRequest, ArticleFields):
    """An article, and the options of every request for written text."""


class Evidence(BaseModel):
    """The characters from `start` to `end` (exclusive) of the article as it was sent."""

    start: int
    end: int

    @classmethod
    def of(cls, spans: tuple[Span, ...]) -> list[Self]:
        """Converts spans."""
        return [cls(start=span.start, end=span.end) for span in spans]


class WarningOut(BaseModel):
    """A warning about the result."""

    kind: str = Field(description="The machine-readable kind.", examples=["numbers_differ"])
    message: str = Field(description="A description in English.")

    @classmethod
    def of(cls, notices: tuple[Notice, ...]) -> list[Self]:
        """Converts the desk's notices."""
        return [cls(kind=notice.kind, message=notice.message) for notice in notices]


class FindingOut(BaseModel):
    """A claim of a sentence that the article does not support, or only in weaker form."""

    kind: FindingKind = Field(description="The kind of claim.")
    claim: str = Field(description="The words of the sentence that make the claim.")
    evidence: str | None = Field(description="The corresponding words of the article, if any.")
    message: str = Field(description="A description in English.")

    @classmethod
    def of(cls, findings: tuple[Finding, ...]) -> list[Self]:
        """Converts the checker's findings."""
        return [
            cls(kind=finding.kind, claim=finding.claim, evidence=finding.evidence, message=finding.message)
            for finding in findings
        ]


class FailureOut(BaseModel):
    """A target language, or one format in it, that failed."""

    target_language: str
    format: Format | None = Field(None, description="The format that failed, for editions.")
    error: Problem = Field(description="The problem that a request for this language alone would have returned.")

    @classmethod
    def of(cls, failures: tuple[Failure, ...], request_id: str) -> list[Self]:
        """Converts the desk's failures."""
        return [
            cls(
                target_language=failure.target_language,
                format=failure.format,
                error=problem_from(failure.error, request_id),
            )
            for failure in failures
        ]


class SupportFields(BaseModel):
    """The result of checking a text against the article."""

    evidence: list[Evidence] = Field(description="The passages of the article that support the text.")
    support: float = Field(ge=0, le=1, description="The share of the text that the evidence supports.")
    findings: list[FindingOut] = Field(description="Claims that the article does not support, or only in weaker form.")
    method: Method = Field(
        description="How the text was produced: `written` by the model, `rewritten` by the model after a check failed, "
        "or `extracted`, that is, copied from the article, or in another language translated from its sentence."
    )
    warnings: list[WarningOut]


def support_fields(text: SummarySentence | Blurb) -> dict[str, Any]:
    """Returns the values of SupportFields."""
    return {
        "evidence": Evidence.of(text.evidence),
        "support": text.support,
        "findings": FindingOut.of(text.findings),
        "method": text.method,
        "warnings": WarningOut.of(text.warnings),
    }


class BaseResponse(BaseModel):
    """The provenance of a result, which every response for written text carries."""

    model: str = Field(description="The models that wrote the text.")
    signature: str = Field(
        description="Everything that determined the result: models, revisions, prompts, options, version."
    )
    article_sha256: str = Field(
        description="SHA-256 of the article as read. Together with `signature` it identifies the result."
    )
    cached: bool = Field(description="Whether the result came from the cache.")
    timings_ms: dict[str, float] = Field(description="Milliseconds per step, summed over all languages.")


def provenance_fields(provenance: Provenance) -> dict[str, Any]:
    """Returns the values of BaseResponse for a new result."""
    return {
        "model": provenance.model,
        "signature": provenance.signature,
        "article_sha256": provenance.article,
        "cached": False,
        "timings_ms": provenance.timings_ms,
    }


def provenance_example() -> dict[str, Any]:
    """Returns the values of BaseResponse for the example of a schema."""
    return {
        "model": MODEL,
        "signature": SIGNATURE,
        "article_sha256": digest(ARTICLE),
        "cached": False,
        "timings_ms": {"writing": 6120.4, "total": 6140.9},
    }
