"""What does ``/openapi.json`` say?  What FastAPI derives from the models, and what is answered in place of its 422."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_NEVER = "#/components/schemas/HTTPValidationError"


def described(app: FastAPI) -> dict[str, Any]:
    """The description of the app, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for path in found["paths"].values():
            for operation in path.values():
                _without_validation(operation["responses"])
        for name in ("HTTPValidationError", "ValidationError"):
            found["components"]["schemas"].pop(name, None)
        app.openapi_schema = found
    return app.openapi_schema


def _without_validation(responses: dict[str, Any]) -> None:
    """Wrong requests are answered with 400, for which FastAPI would have 422."""
    content = responses.get("422", {}).get("content", {})
    if content.get("application/json", {}).get("schema", {}).get("$ref") == _NEVER:
        del responses["422"]
