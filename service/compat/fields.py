"""The fields of a request in other services' APIs, sent as JSON, as a form or in the query string."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, QueryParams

from models.scheduling.caller import use_flow
from service.http.text import check_fields

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def request_fields(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Yields the fields by name, repeated ones as lists. The body takes precedence over the query string.

    Files remain open until the response is sent. Bodies of GET requests are read too, because DeepL's clients send
    them. Without a key in the headers, the field `api_key` is used. Raises HTTPException 400, NotText, and the errors
    of Authenticator.
    """
    form = await _form(request)
    try:
        fields = _multi_dict(request.query_params) | (
            _multi_dict(form) if form is not None else _json_object(await request.body())
        )
        if request.state.caller is None:
            request.state.caller = await request.app.state.authenticator.authenticate(
                str(fields.get("api_key") or ""), "write"
            )
        check_fields(fields)
        with use_flow(request.state.caller.flow):
            yield fields
    finally:
        if form is not None:
            await form.close()


async def _form(request: Request) -> FormData | None:
    """Returns the form in the body, or None if the body is not a form."""
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return None
    try:
        return await request.form(max_fields=10_000)
    except UnicodeError:  # some charsets that a form can name, such as `idna`
        raise HTTPException(400, "The form is not in the charset that it names.") from None


def _json_object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "Invalid JSON format")
    return value


def _multi_dict(fields: QueryParams | FormData) -> dict[str, Any]:
    lists = {name: fields.getlist(name) for name in fields}
    return {name: values if len(values) > 1 else values[0] for name, values in lists.items()}


Fields = Annotated[dict[str, Any], Depends(request_fields)]
