"""Answers with an ETag: who sends that of the same answer back is told so, and not sent it again (RFC 9110, 13.1.2)."""

from hashlib import sha256

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.responses import Response

from service.answering.results import Result, etag_matches
from service.exceptions import Unchanged


def json_with_etag(request: Request, answer: BaseModel) -> Response:
    """An answer as JSON. Raises Unchanged."""
    return with_etag(request, JSONResponse(answer.model_dump(mode="json")), Result.of(answer).etag)


def with_content_etag(request: Request, response: Response) -> Response:
    """A response whose every byte counts. Raises Unchanged."""
    return with_etag(request, response, f'"{sha256(response.body).hexdigest()[:32]}"')


def with_etag(request: Request, response: Response, etag: str) -> Response:
    """The response with its ETag. Raises Unchanged where the caller holds it."""
    if etag_matches(request.headers.get("if-none-match", ""), etag):
        raise Unchanged("The answer is the one whose ETag was sent.", etag=etag)
    response.headers["ETag"] = etag
    return response
