"""Refuses request bodies with lone surrogates, in any field of any route."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from summarizer.surrogates import check_text


async def check_body(request: Request) -> None:
    """Checks the JSON or the form that FastAPI has parsed for a route; other routes parse and check theirs.

    Raises NotText.
    """
    route = request.scope["route"]
    if route.body_field is None:
        return
    form = await request.form() if "form" in request.headers.get("content-type", "") else None
    if form is not None:
        check_fields({name: form.getlist(name) for name in form})
    elif await request.body():
        check_text(await request.json())


def check_fields(fields: Mapping[str, Any]) -> None:
    """Checks fields, including the names of files. Raises NotText."""
    check_text({name: _with_file_names(value) for name, value in fields.items()})


def _with_file_names(value: Any) -> Any:
    if isinstance(value, UploadFile):
        return value.filename
    return [_with_file_names(one) for one in value] if isinstance(value, list) else value
