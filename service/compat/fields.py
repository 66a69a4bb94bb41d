"""The fields of a request as other services take them: JSON, a form or the query, whichever a client sends."""

import json
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, QueryParams

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def fields(request: Request) -> dict[str, Any]:
    """Field by name; a name that is repeated has a list. What the body says goes before what the query says.

    Bodies of GET requests are read too: DeepL's clients send one. An `api_key` among them is looked at where the
    headers had none. Raises HTTPException 400, and what Door.admit raises.
    """
    found = _listed(request.query_params) | await _of_body(request)
    if request.state.caller is None:
        request.state.caller = await request.app.state.door.admit(str(found.get("api_key") or ""), "write")
    return found


async def _of_body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith(_FORMS):
        return _listed(await request.form(max_fields=10_000))
    body = await request.body()
    return _object(body) if body.strip() else {}


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise HTTPException(400, "Invalid JSON format")
    return found


def _listed(given: QueryParams | FormData) -> dict[str, Any]:
    values = {name: given.getlist(name) for name in given}
    return {name: several if len(several) > 1 else several[0] for name, several in values.items()}
