"""The OpenAPI document, with problems under their own media type (FastAPI files every model under plain JSON)."""

from typing import Any

from fastapi import FastAPI

from service.errors import MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/Problem"}


def install(app: FastAPI) -> None:
    """Replaces the app's `openapi` by one that tells problems as they are sent."""
    generate = app.openapi

    def document() -> dict[str, Any]:
        found = generate()
        for path in found["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    _as_problem(response)
        return found

    app.openapi = document  # type: ignore[method-assign]  # the way that FastAPI documents


def _as_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if content.get("application/json", {}).get("schema") == PROBLEM:
        content[MEDIA_TYPE] = content.pop("application/json")
