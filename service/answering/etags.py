"""Responses with ETags; a request that sends a current one in If-None-Match gets 412 (RFC 9110, 13.1.2)."""

from hashlib import sha256

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.responses import Response

from service.answering.results import Result, etag_matches
from service.exceptions import Unchanged


def json_with_etag(request: Request, answer: BaseModel) -> Response:
    """Returns an answer as JSON with the ETag of its result. Raises Unchanged."""
    return with_etag(request, JSONResponse(answer.model_dump(mode="json")), Result.of(answer).etag)


def with_content_etag(request: Request, response: Response) -> Response:
    """Adds an ETag of all bytes of the body. Raises Unchanged."""
    return with_etag(request, response, f'"{sha256(response.body).hexdigest()[:32]}"')


def with_etag(request: Request, response: Response, etag: str) -> Response:
    """Adds an ETag. Raises Unchanged if the request's If-None-Match has it."""
    if etag_matches(request.headers.get("if-none-match", ""), etag):
        raise Unchanged("The response still has the ETag that you sent.", etag=etag)
    response.headers["ETag"] = etag
    return response
