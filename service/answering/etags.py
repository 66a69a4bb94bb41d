"""Answers with an ETag: who sends that of the same answer back is told so, and not sent it again (RFC 9110, 13.1.2)."""

from hashlib import sha256

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.responses import Response

from service.answering.results import Result, matches
from service.exceptions import Unchanged


def told(request: Request, answer: BaseModel) -> Response:
    """An answer as JSON. Raises Unchanged."""
    return tagged(request, JSONResponse(answer.model_dump(mode="json")), Result.of(answer).etag)


def sent(request: Request, response: Response) -> Response:
    """A response whose every byte counts. Raises Unchanged."""
    return tagged(request, response, f'"{sha256(response.body).hexdigest()[:32]}"')


def tagged(request: Request, response: Response, etag: str) -> Response:
    """The response with its ETag. Raises Unchanged where the caller holds it."""
    if matches(request.headers.get("if-none-match", ""), etag):
        raise Unchanged("The answer is the one whose ETag was sent.", etag=etag)
    response.headers["ETag"] = etag
    return response
