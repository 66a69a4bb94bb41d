"""The fields of a request as other services take them: JSON, a form or the query, whichever a client sends."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, QueryParams

from models.scheduling.caller import use_flow

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def request_fields(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Field by name; a name that is repeated has a list. What the body says goes before what the query says.

    Files stay open until the request is answered.

    Bodies of GET requests are read too: DeepL's clients send one. An `api_key` among them is looked at where the
    headers had none. Raises HTTPException 400, and what Door.admit raises.
    """
    form = await request.form(max_fields=10_000) if _has_form(request) else None
    try:
        found = _listed(request.query_params) | (_listed(form) if form is not None else _object(await request.body()))
        if request.state.caller is None:
            request.state.caller = await request.app.state.authenticator.admit(str(found.get("api_key") or ""), "write")
        with use_flow(request.state.caller.work):
            yield found
    finally:
        if form is not None:
            await form.close()


def _has_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(_FORMS)


def _object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise HTTPException(400, "Invalid JSON format")
    return found


def _listed(given: QueryParams | FormData) -> dict[str, Any]:
    values = {name: given.getlist(name) for name in given}
    return {name: several if len(several) > 1 else several[0] for name, several in values.items()}


Fields = Annotated[dict[str, Any], Depends(request_fields)]
