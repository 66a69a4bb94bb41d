"""The OpenAPI document, with problems under their own media type (FastAPI files every model under plain JSON)."""

import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.access.auth import scope_of
from service.errors import MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/Problem"}

EVENTS = {
    "itemSchema": {
        "type": "object",
        "description": "With `stream`: what happens, as server-sent events; the last is `result` or `error`.",
        "properties": {
            "event": {"type": "string", "enum": ["progress", "delta", "warning", "edition", "result", "error"]},
            "data": {"type": "string", "description": "JSON; of `result`, the answer as it is without `stream`."},
        },
    }
}


def operation_id(route: APIRoute) -> str:
    """What generated clients call a route: its method and its path, as `post_files_translations`."""
    method = min(route.methods or {"get"})
    words = re.findall(r"\w+", route.path.removeprefix("/v1"))
    return "_".join([method.lower(), *words])


def install(app: FastAPI) -> None:
    """Replaces the app's `openapi` by one that tells problems as they are sent."""
    generate = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        found = generate()
        found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, operations in found["paths"].items():
            for method, operation in operations.items():
                if scope := scope_of(method.upper(), path):
                    _guard(operation, scope)
                if "412" in operation["responses"]:
                    _conditional(operation)
                if _streams(operation, found["components"]["schemas"]):
                    operation["responses"]["200"]["content"]["text/event-stream"] = EVENTS
                for response in operation["responses"].values():
                    _as_problem(response)
        return found

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents


def _guard(operation: dict[str, Any], scope: str) -> None:
    """What the gate may say, on every operation behind it."""
    operation["security"] = [{"key": [scope]}, {}]
    for status in (401, 403, 429, 503):
        content = {"application/json": {"schema": PROBLEM}}
        operation["responses"].setdefault(str(status), {"description": HTTPStatus(status).phrase, "content": content})


def _conditional(operation: dict[str, Any]) -> None:
    """Results carry an ETag: who sends it back is told 412 instead of the same answer (RFC 9110, 13.1.2)."""
    text = {"schema": {"type": "string"}}
    about = "The ETag of an answer that the caller holds: 412 when the answer is still that one."
    condition = {"name": "If-None-Match", "in": "header", "required": False, "description": about, **text}
    operation.setdefault("parameters", []).append(condition)
    operation["responses"]["200"]["headers"] = {"ETag": {"description": "Names this answer.", **text}}


def _streams(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether a caller may ask for the answer as a stream."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return "stream" in schemas.get(body.get("$ref", "").rpartition("/")[2], {}).get("properties", {})


def _as_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if content.get("application/json", {}).get("schema") == PROBLEM:
        content[MEDIA_TYPE] = content.pop("application/json")
