"""Contracts with error bodies, and what is understood of them."""

from pathlib import Path
from typing import Any

from groundplan.error_bodies import ErrorBodies, read_error_bodies
from groundplan.error_fillings import (
    Filling,
    Made,
)
from groundplan.infer import infer

from .projects import Data, loaded, small

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def thing(required: list[str] | None = None, **properties: Any) -> Data:
    """The schema of an object; all of it is required where nothing else is said."""
    return {
        "type": "object",
        "required": [*properties] if required is None else required,
        "properties": properties,
    }


def responses(**schemas: Any) -> Data:
    """A contract with one operation and these error responses (`_404`, `default`)."""
    contract = small()
    declared = contract["paths"]["/it"]["get"]["responses"]
    for key, schema in schemas.items():
        content = {"application/json": {"schema": schema}}
        declared[key.lstrip("_")] = {"description": "No.", "content": content}
    return contract


def read(folder: Path, contract: Data) -> ErrorBodies:
    made = loaded(folder, contract)
    return read_error_bodies(made, infer(made))


def filled(folder: Path, schema: Any, key: str = "default") -> dict[str, Filling]:
    """How the properties of a body are filled."""
    bodies = read(folder, responses(**{f"_{key}": schema}))
    (declared,) = bodies.declared
    assert declared.body, declared.reason
    filling = declared.body.filling
    assert isinstance(filling, Made)
    return dict(filling.fields)


def reason(folder: Path, schema: Any, key: str = "default") -> str:
    """Why a body cannot be filled."""
    (declared,) = read(folder, responses(**{f"_{key}": schema})).declared
    assert declared.body is None
    return declared.reason
