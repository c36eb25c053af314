"""Tells of idempotency keys in the service's own OpenAPI document."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI

PARAMETER: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again with the same key, a request is not carried out again.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]*$",
    },
}


def declare_keys(app: FastAPI) -> None:
    """Complete the document of an application when it is asked for first."""
    made: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        document = made()
        for item in document["paths"].values() if is_new else ():
            if "post" in item and "platform" not in item["post"].get("tags", ()):
                _declare(item["post"].setdefault("parameters", []))
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _declare(parameters: list[dict[str, Any]]) -> None:
    name = PARAMETER["name"].lower()
    if not any(one["name"].lower() == name for one in parameters):
        parameters.append(PARAMETER)
