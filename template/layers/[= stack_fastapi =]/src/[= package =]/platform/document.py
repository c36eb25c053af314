"""The service's own OpenAPI document, with what FastAPI leaves out of it."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from fastapi import FastAPI

from .parameters import WRITTEN

OPTIONAL_NULL: Final = {"type": "null"}
# What FastAPI would answer to an invalid request; the platform answers a problem.
NOT_ANSWERED: Final = "#/components/schemas/HTTPValidationError"
UNUSED: Final = ("HTTPValidationError", "ValidationError")


def install_document(app: FastAPI, security_schemes: dict[str, Any]) -> None:
    """Complete the document of an application when it is asked for first."""
    made: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            for operation in _operations(document):
                _forget_unanswered(operation)
                for parameter in operation.get("parameters", []):
                    _tell_as_it_is_written(parameter)
            _close_maps(document)
            components = document.setdefault("components", {})
            for name in UNUSED:
                components.get("schemas", {}).pop(name, None)
            if security_schemes:
                components.setdefault("securitySchemes", {}).update(security_schemes)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document.get("paths", {}).values():
        yield from item.values()


def _close_maps(node: object) -> None:
    """A map whose keys match a pattern takes no others; pydantic does not tell."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node.setdefault("additionalProperties", False)
        for inner in node.values():
            _close_maps(inner)
    elif isinstance(node, list):
        for inner in node:
            _close_maps(inner)


def _forget_unanswered(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for media in responses.get("422", {}).get("content", {}).values():
        if media.get("schema", {}).get("$ref") == NOT_ANSWERED:
            del responses["422"]
            return


def _tell_as_it_is_written(parameter: dict[str, Any]) -> None:
    """A parameter is never null, and a list may be one text."""
    schema = parameter.get("schema", {})
    style = schema.pop(WRITTEN, None)
    if style is not None:
        parameter |= {"style": style, "explode": False}
    kept = [one for one in schema.get("anyOf", []) if one != OPTIONAL_NULL]
    if len(kept) == 1:
        del schema["anyOf"]
        schema |= kept[0]
    elif kept:
        schema["anyOf"] = kept
