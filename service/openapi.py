"""The OpenAPI document. FastAPI generates it; this module adds what it cannot know: problems, keys, ETags, streams."""

import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.access.auth import required_scope
from service.errors import MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/Problem"}

EVENTS = {
    "itemSchema": {
        "type": "object",
        "description": "With `stream`: server-sent events, the last of which is `result` or `error`.",
        "properties": {
            "event": {"type": "string", "enum": ["progress", "delta", "warning", "edition", "result", "error"]},
            "data": {"type": "string", "description": "JSON; for `result`, the same as the response without `stream`."},
        },
    }
}


def operation_id(route: APIRoute) -> str:
    """Returns a route's name in generated clients: method and path, such as `post_files_translations`."""
    method = min(route.methods or {"get"})
    words = re.findall(r"\w+", route.path.removeprefix("/v1"))
    return "_".join([method.lower(), *words])


def install(app: FastAPI) -> None:
    """Extends the app's `openapi` method."""
    generate = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        schema = generate()
        schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                if scope := required_scope(method.upper(), path):
                    _add_security(operation, scope)
                if "412" in operation["responses"]:
                    _add_etags(operation)
                if _can_stream(operation, schema["components"]["schemas"]):
                    operation["responses"]["200"]["content"]["text/event-stream"] = EVENTS
                for response in operation["responses"].values():
                    _use_problem_type(response)
        return schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's documentation does


def _add_security(operation: dict[str, Any], scope: str) -> None:
    """Adds the key, and the errors that AuthMiddleware returns."""
    operation["security"] = [{"key": [scope]}, {}]
    for status in (401, 403, 429, 503):
        content = {"application/json": {"schema": PROBLEM}}
        operation["responses"].setdefault(str(status), {"description": HTTPStatus(status).phrase, "content": content})


def _add_etags(operation: dict[str, Any]) -> None:
    """Adds the ETag of results and the condition on it, which a current ETag fails with 412 (RFC 9110, 13.1.2)."""
    text = {"schema": {"type": "string"}}
    about = "The ETag of an earlier response: if the response is unchanged, the status is 412."
    condition = {"name": "If-None-Match", "in": "header", "required": False, "description": about, **text}
    operation.setdefault("parameters", []).append(condition)
    operation["responses"]["200"]["headers"] = {
        "ETag": {"description": "Identifies this version of the response.", **text}
    }


def _can_stream(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether the request has the field `stream`."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return "stream" in schemas.get(body.get("$ref", "").rpartition("/")[2], {}).get("properties", {})


def _use_problem_type(response: dict[str, Any]) -> None:
    """Moves problems to their media type: FastAPI describes all models as plain JSON."""
    content = response.get("content", {})
    if content.get("application/json", {}).get("schema") == PROBLEM:
        content[MEDIA_TYPE] = content.pop("application/json")
