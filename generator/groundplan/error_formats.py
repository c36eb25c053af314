"""The error formats of the answer `error_format`, as schemas and as samples.

`contract` is none of them: it takes what the contract declares (see `error_bodies`).
The layers of the template write the same documents.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from .domain import (
    Enumeration,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    Type,
    UnionOf,
)
from .reader import Json

CONTRACT = "contract"
PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class ErrorFormat:
    """A format of its own: media type, schema, and what documents look like.

    `samples` are the least and the most that a document holds.
    """

    name: str
    component: str
    words: str
    media: str
    schema: dict[str, Json]
    samples: tuple[dict[str, Json], dict[str, Json]]


_TEXT: Json = {"type": "string"}
_FIELD_ERRORS: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["pointer", "message", "code"],
        "properties": {"pointer": _TEXT, "message": _TEXT, "code": _TEXT},
    },
}
_FIELD_ERROR: Json = {
    "pointer": "/body/name",
    "message": "Field required",
    "code": "missing",
}
_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
_LEAST_PROBLEM: dict[str, Json] = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "code": "validation_failed",
    "requestId": _ID,
}
_LEAST_ERROR: dict[str, Json] = {
    "code": "validation_failed",
    "message": "The request is invalid",
    "request_id": _ID,
}
_LEAST_FLAT: dict[str, Json] = {
    "statusCode": 422,
    "message": "The request is invalid",
    "error": "validation_failed",
    "timestamp": "2026-01-31T12:00:00.123456Z",
    "path": "/things",
}

PROBLEM = ErrorFormat(
    "problem",
    "Problem",
    "a problem document (RFC 9457)",
    PROBLEM_JSON,
    {
        "description": "What went wrong (RFC 9457).",
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "code": {"type": "string", "description": "Stable, for machines."},
            "requestId": _TEXT,
            "errors": _FIELD_ERRORS,
        },
    },
    (
        _LEAST_PROBLEM,
        _LEAST_PROBLEM
        | {
            "detail": "The request is invalid",
            "errors": [_FIELD_ERROR],
        },
    ),
)
ENVELOPE = ErrorFormat(
    "envelope",
    "ErrorEnvelope",
    'an envelope, {"error": {...}}',
    "application/json",
    {
        "description": "What went wrong.",
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string", "description": "Stable, for machines."},
                    "message": _TEXT,
                    "details": _FIELD_ERRORS,
                    "request_id": _TEXT,
                },
            },
        },
    },
    (
        {"error": _LEAST_ERROR},
        {"error": _LEAST_ERROR | {"details": [_FIELD_ERROR]}},
    ),
)
FLAT = ErrorFormat(
    "flat",
    "Error",
    "a flat object",
    "application/json",
    {
        "description": "What went wrong.",
        "type": "object",
        "required": ["statusCode", "message", "error", "timestamp", "path"],
        "properties": {
            "statusCode": {"type": "integer"},
            "message": _TEXT,
            "error": {"type": "string", "description": "Stable, for machines."},
            "timestamp": {"type": "string", "format": "date-time"},
            "path": _TEXT,
            "details": _FIELD_ERRORS,
        },
    },
    (_LEAST_FLAT, _LEAST_FLAT | {"details": [_FIELD_ERROR]}),
)
FORMATS = {made.name: made for made in (PROBLEM, ENVELOPE, FLAT)}


def accepts(type_: Type, made: ErrorFormat, models: dict[str, Model]) -> bool:
    """Whether every document of a format is a value of a declared type."""
    return all(_holds(type_, sample, models) for sample in made.samples)


def _holds(type_: Type, value: Json, models: dict[str, Model]) -> bool:
    if isinstance(type_, UnionOf):
        return any(_holds(one, value, models) for one in type_.variants)
    if isinstance(type_, ModelOf):
        return isinstance(value, dict) and _fills(models[type_.model], value, models)
    if isinstance(type_, MapOf):
        return isinstance(value, dict) and all(
            _holds(type_.values, item, models) for item in value.values()
        )
    if isinstance(type_, ListOf):
        return (
            isinstance(value, list)
            and not type_.minimum
            and (type_.maximum is None or type_.maximum >= 100)
            and all(_holds(type_.items, item, models) for item in value)
        )
    if isinstance(type_, Enumeration):
        return False
    return isinstance(type_, Scalar) and _is_scalar(type_, value)


def _fills(model: Model, value: dict[str, Json], models: dict[str, Model]) -> bool:
    declared = {field.wire: field for field in model.fields}
    if model.closed and value.keys() - declared.keys():
        return False
    return all(
        _holds(field.type, value[wire], models) if wire in value else not field.required
        for wire, field in declared.items()
    )


def _is_scalar(type_: Scalar, value: Json) -> bool:
    if type_.kind == "any":
        return True
    if type_.kind in ("integer", "number"):
        return isinstance(value, int) and takes_statuses(type_, (400, 599))
    if not isinstance(value, str):
        return False
    if type_.kind == "date-time":
        return value.endswith("Z")
    return type_.kind == "string" and _is_roomy(type_, value)


def _is_roomy(type_: Scalar, value: str) -> bool:
    """Whether other texts like this one fit as well: documents are not cut short."""
    least, most = type_.constraint("minLength"), type_.constraint("maxLength")
    return (
        type_.constraint("pattern") is None
        and (not isinstance(least, int) or least <= 1)
        and (not isinstance(most, int) or most >= max(64, 3 * len(value)))
    )


def takes_statuses(type_: Scalar, statuses: Collection[int]) -> bool:
    """Whether a number may be the status of any of these errors."""
    least, most = min(statuses), max(statuses)
    fits: dict[str, Callable[[float], bool]] = {
        "minimum": lambda bound: bound <= least,
        "exclusiveMinimum": lambda bound: bound < least,
        "maximum": lambda bound: bound >= most,
        "exclusiveMaximum": lambda bound: bound > most,
        "multipleOf": lambda step: step == 1,
    }
    return all(
        isinstance(bound, int | float) and fits[keyword](bound)
        for keyword, bound in type_.constraints
        if keyword in fits
    )
