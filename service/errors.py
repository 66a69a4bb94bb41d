"""The one table from errors to HTTP, and the problem JSON (RFC 9457) that they are told in."""

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
from service.error_formats import dialect_of
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
    desk.Cancelled: 499,  # nginx's number for a client that closed the request; nobody is there to read it
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
    models.Refused: 503,
    models.ModelError: 500,
    service.Unauthenticated: 401,
    service.ScopeMissing: 403,
    service.WrongHost: 421,
    service.LimitReached: 429,
    service.RateExceeded: 429,
    service.QuotaExceeded: 429,
    service.Unchanged: 412,
    service.UnknownKey: 404,
    service.UnknownGlossary: 404,
    service.UnknownDocument: 404,
    service.JobTooLarge: 413,
    service.NotItems: 400,
    service.UnknownJob: 404,
    service.RepeatedKey: 409,
    service.MemoryOff: 409,
    service.WebhookRefused: 422,
    service.StorageFull: 507,
    service.StateUnavailable: 503,
    service.StateTooNew: 500,
    service.Refused: 500,
}
"""Every error, by the nearest class of its own or its parents."""

HINTS: dict[int, str] = {
    400: "Send a JSON object, in UTF-8.",
    404: "The paths are listed under /docs.",
    405: "The `Allow` header names the methods of this path.",
    408: "Send the body without a pause.",
    413: "Send one article at a time, without pictures.",
    415: "Set the header `Content-Type: application/json`.",
    422: "Compare the request with the examples under /docs.",
    500: "Look for the request_id in the service's log.",
}


class Fault(BaseModel):
    """One thing that is wrong with a request's fields."""

    field: str = Field(description="Where: `text`, `target_languages.0`.")
    message: str = Field(description="What is wrong.")


class Problem(BaseModel):
    """An error, as RFC 9457 has it, with what to do about it."""

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

    type: str = Field(description="Which kind of problem: a stable name to match on.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time.")
    hint: str = Field(description="What to do about it.")
    request_id: str = Field(description="Names this request in the service's log.")
    errors: list[Fault] = Field([], description="Each fault of a request that does not fit its schema.")


def problem(error: Exception, request_id: str) -> Problem:
    """An error of the lower floors, or any other (which is told as an internal one), as a problem."""
    status = next((STATUS[parent] for parent in type(error).__mro__ if parent in STATUS), None)
    if status is None:
        return plain(500, "The service failed on this request.", request_id)
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__).capitalize()
    return Problem(
        type=f"urn:lede:problem:{words.lower().replace(' ', '-')}",
        title=words,
        status=status,
        detail=str(error),
        hint=getattr(error, "hint", "") or HINTS.get(status, ""),
        request_id=request_id,
    )


def headers_of(error: Exception) -> dict[str, str]:
    """What an answer says of an error beside the problem: when to come back, how to sign in."""
    if isinstance(error, models.Refused):
        return {"Retry-After": str(ceil(error.retry_after))}
    return error.headers if isinstance(error, service.Refused) else {}


class Told(JSONResponse):
    """A problem as a response; to programs that speak another API, in its words."""

    def __init__(self, told: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(told.model_dump(), told.status, headers, MEDIA_TYPE)
        self._told, self._more = told, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        dialect = dialect_of(scope["state"]["path"])
        if dialect is None:
            return await super().__call__(scope, receive, send)
        status, content = dialect.told(self._told.status, self._told.detail, self._told.type)
        return await JSONResponse(content, status, self._more)(scope, receive, send)


def answer(told: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return Told(told, headers)


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        return answer(problem(error, _request_id(request)), headers_of(error))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return answer(plain(error.status_code, error.detail, _request_id(request)), dict(error.headers or {}))

    async def unfit(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer(invalid(error, _request_id(request)))

    for kind in (desk.LedeError, models.ModelError):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, unfit)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of problems with these statuses."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def invalid(error: RequestValidationError, request_id: str) -> Problem:
    """A request's faults as one problem."""
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return plain(400, "The body is not JSON.", request_id)
    faults = [
        Fault(field=".".join(map(str, f["loc"][1:])), message=f["msg"].removeprefix("Value error, ")) for f in found
    ]
    told = plain(422, "; ".join(f"{fault.field}: {fault.message}".lstrip(": ") for fault in faults), request_id)
    return told.model_copy(update={"errors": faults})


def plain(status: int, detail: str, request_id: str) -> Problem:
    """A problem that HTTP's own status says all about."""
    phrase = HTTPStatus(status).phrase
    return Problem(
        type=f"urn:lede:problem:{phrase.lower().replace(' ', '-')}",
        title=phrase,
        status=status,
        detail=detail,
        hint=HINTS.get(status, ""),
        request_id=request_id,
    )


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
