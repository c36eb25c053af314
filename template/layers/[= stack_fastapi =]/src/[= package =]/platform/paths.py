"""Paths with their parameters filled in."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request
from pydantic_core import to_jsonable_python


def path_of(template: str, values: Mapping[str, object]) -> str:
    """A path with its parameters filled in: `/things/{id}` -> `/things/a%2Fb`."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(text_of(value), safe=""))
    return template


def location(request: Request, template: str, values: Mapping[str, object]) -> str:
    """Where a new item is, for the `Location` header of the response."""
    return f"{request.scope.get('root_path', '')}{path_of(template, values)}"


def text_of(value: object) -> str:
    """A parameter as text, the way JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(to_jsonable_python(value))
