"""Tells of the header that names a version in the service's own OpenAPI document."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from .versions import version_at


def declare_versions(app: FastAPI) -> None:
    """Complete the document of an application when it is asked for first."""
    made: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        document = made()
        for path, item in document["paths"].items() if is_new else ():
            for operation in item.values():
                version = version_at(path)
                if version is not None and "platform" not in operation.get("tags", ()):
                    _declare(operation, version)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _declare(operation: dict[str, Any], version: int) -> None:
    parameters = operation.setdefault("parameters", [])
    if any(one["name"].lower() == "x-api-version" for one in parameters):
        return
    parameters.append(
        {
            "name": "X-API-Version",
            "in": "header",
            "description": f"The version that is meant: {version}.",
            "schema": {"type": "string", "enum": [str(version)]},
        }
    )
