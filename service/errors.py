"""HTTP statuses of all errors, and the problem JSON (RFC 9457) that they are returned as."""

import re
from http import HTTPStatus
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from models import errors as models
from service import exceptions as service
from service.error_formats import error_format_of
from summarizer import errors as desk

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[Exception], int] = {
    desk.EmptyText: 422,
    desk.NotText: 422,
    desk.UnreadableDocument: 422,
    desk.TooLong: 413,
    desk.TooComplex: 413,
    desk.NoArticleFound: 422,
    desk.UnknownLanguage: 422,
    desk.UnknownArticle: 404,
    desk.FetchRefused: 422,
    desk.FetchFailed: 502,
    desk.BadInput: 422,
    desk.CannotFit: 422,
    desk.CannotSupport: 422,
    desk.NotTranslated: 422,
    desk.Cancelled: 499,  # nginx's status for a client that closed the connection; only the log shows it
    desk.DeadlineExceeded: 504,
    desk.LedeError: 500,
    models.UnknownModel: 422,
    models.BadCard: 500,
    models.BadSetting: 500,
    models.ModelNotFetched: 503,
    models.TransferFailed: 503,
    models.Corrupted: 503,
    models.NoSpace: 507,
    models.SourceError: 503,
    models.LoadFailed: 503,
    models.OutOfMemory: 503,
    models.RemoteFailed: 502,
    models.ModelInUse: 409,
    models.PromptTooLong: 413,
    models.UnsupportedDirection: 422,
    models.GenerationFailed: 500,
    models.EngineHung: 503,
    models.Closed: 503,
    models.QueueFull: 429,
    models.TooLate: 504,
    models.Overloaded: 503,
    models.ModelError: 500,
    service.Unauthenticated: 401,
    service.ScopeMissing: 403,
    service.WrongHost: 421,
    service.CrossSiteRequest: 403,
    service.LimitReached: 429,
    service.RateExceeded: 429,
    service.QuotaExceeded: 429,
    service.Unchanged: 412,
    service.UnknownKey: 404,
    service.UnknownGlossary: 404,
    service.UnknownDocument: 404,
    service.JobTooLarge: 413,
    service.InvalidJob: 400,
    service.UnknownJob: 404,
    service.IdempotencyConflict: 409,
    service.TranslationMemoryDisabled: 409,
    service.WebhookRefused: 422,
    service.StorageFull: 507,
    service.StateUnavailable: 503,
    service.StateTooNew: 500,
    service.ServiceError: 500,
}
"""The status of each error class; a subclass without an entry has the status of its nearest parent."""

HINTS: dict[int, str] = {
    400: "Send a JSON object in UTF-8.",
    404: "The paths are listed under /docs.",
    405: "The `Allow` header lists the methods of this path.",
    408: "Send the body without pauses.",
    413: "Send one article at a time, without images.",
    415: "Set the header `Content-Type: application/json`.",
    422: "Compare the request with the examples under /docs.",
    500: "Search the service's log for the request_id.",
}


class FieldError(BaseModel):
    """A request field that failed validation."""

    field: str = Field(description="The path of the field: `text`, `target_languages.0`.")
    message: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """An error as RFC 9457 problem details, with a hint on how to solve it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:lede:problem:empty-text",
                "title": "Empty text",
                "status": 422,
                "detail": "The text is empty.",
                "hint": "Send the article's text.",
                "request_id": "0b5c7a1e",
            }
        }
    )

    type: str = Field(description="The problem type, a stable URN for programs to match.")
    title: str = Field(description="The problem type in plain English.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong with this request.")
    hint: str = Field(description="How to solve it.")
    request_id: str = Field(description="The request's id in the service's log.")
    errors: list[FieldError] = Field([], description="The fields that failed validation.")


def problem_from(error: Exception, request_id: str) -> Problem:
    """Returns an error as a problem; one without an entry in `STATUS` becomes a 500 without details."""
    status = next((STATUS[parent] for parent in type(error).__mro__ if parent in STATUS), None)
    if status is None:
        return problem_from_status(500, "The service failed on this request.", request_id)
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__).capitalize()
    return Problem(
        type=f"urn:lede:problem:{words.lower().replace(' ', '-')}",
        title=words,
        status=status,
        detail=str(error),
        hint=getattr(error, "hint", "") or HINTS.get(status, ""),
        request_id=request_id,
    )


def problem_from_status(status: int, detail: str, request_id: str) -> Problem:
    """Returns a problem whose type and title are those of the HTTP status."""
    phrase = HTTPStatus(status).phrase
    return Problem(
        type=f"urn:lede:problem:{phrase.lower().replace(' ', '-')}",
        title=phrase,
        status=status,
        detail=detail,
        hint=HINTS.get(status, ""),
        request_id=request_id,
    )


def validation_problem(error: RequestValidationError, request_id: str) -> Problem:
    """Returns all validation errors of a request as one problem."""
    details = error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        return problem_from_status(400, "The body is not JSON.", request_id)
    errors = [
        FieldError(field=".".join(map(str, detail["loc"][1:])), message=detail["msg"].removeprefix("Value error, "))
        for detail in details
    ]
    summary = "; ".join(f"{one.field}: {one.message}".lstrip(": ") for one in errors)
    return problem_from_status(422, summary, request_id).model_copy(update={"errors": errors})


def headers_of(error: Exception) -> dict[str, str]:
    """Returns the headers to send with an error, such as `Retry-After` and `WWW-Authenticate`."""
    if isinstance(error, models.Overloaded):
        return {"Retry-After": str(ceil(error.retry_after))}
    return error.headers if isinstance(error, service.ServiceError) else {}


class ProblemResponse(JSONResponse):
    """A problem as a response; on the paths of another API, in that API's error format."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.model_dump(), problem.status, headers, MEDIA_TYPE)
        self._problem, self._extra_headers = problem, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error_format = error_format_of(scope["state"]["path"])
        if error_format is None:
            return await super().__call__(scope, receive, send)
        problem = self._problem
        status, content = error_format.render(problem.status, problem.detail, problem.type)
        return await JSONResponse(content, status, self._extra_headers)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Registers exception handlers that return every error of the app as a problem."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        return ProblemResponse(problem_from(error, _request_id(request)), headers_of(error))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        problem = problem_from_status(error.status_code, error.detail, _request_id(request))
        return ProblemResponse(problem, dict(error.headers or {}))

    async def validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return ProblemResponse(validation_problem(error, _request_id(request)))

    for kind in (desk.LedeError, models.ModelError):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, validation)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns the OpenAPI description of problems with these statuses."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
