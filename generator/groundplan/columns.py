"""Columns of entities: keys, defaults, and moments that storage keeps itself."""

from dataclasses import replace
from typing import Literal

from .domain import (
    MISSING_DEFAULT,
    Column,
    Enumeration,
    Field,
    ListOf,
    Model,
    Scalar,
    Type,
)

_CREATED = frozenset({"created_at", "created", "created_on", "creation_date"})
_UPDATED = frozenset({"updated_at", "updated", "modified_at", "updated_on"})
UUID_LENGTH = 36


def default_of(field: Field, given: Field | None) -> object:
    """What a row has where nothing was given; a list that must be there is empty."""
    if field.has_default:
        return field.default
    if given is not None and given.has_default:
        return given.default
    if field.required and isinstance(field.type, ListOf) and not field.type.minimum:
        return []
    return MISSING_DEFAULT


def as_key(type_: Type) -> Scalar | Enumeration | None:
    """The column type of a key, or None where it cannot be one."""
    if isinstance(type_, Enumeration):
        return replace(type_, nullable=False)
    if not isinstance(type_, Scalar):
        return None
    kind = {"number": "integer", "any": "string"}.get(type_.kind, type_.kind)
    if kind not in ("string", "integer", "uuid", "date", "email"):
        return None
    constraints = () if kind != type_.kind else type_.constraints
    return Scalar(kind, constraints)  # type: ignore[arg-type]


def key_column(name: str, type_: Scalar | Enumeration, given: Field | None) -> Column:
    """The column of a key; it is generated where nobody has to give it."""
    generated: Literal["uuid", "integer"] | None = None
    if isinstance(type_, Scalar) and not (given and given.required):
        if type_.kind == "integer":
            generated = "integer"
        elif type_.kind == "uuid" or _holds_uuid(type_):
            generated = "uuid"
    return Column(name, type_, nullable=False, key=True, generated=generated)


def _holds_uuid(type_: Scalar) -> bool:
    """Whether a new UUID satisfies the bounds of a text."""
    low, high = type_.constraint("minLength") or 0, type_.constraint("maxLength")
    high = UUID_LENGTH if high is None else high
    assert isinstance(low, int | float) and isinstance(high, int | float)
    pattern = type_.constraint("pattern")
    return type_.kind == "string" and pattern is None and low <= UUID_LENGTH <= high


def managed_of(
    field: Field, created: Model | None
) -> Literal["created", "updated"] | None:
    """Which moment a field keeps, where the request does not say it."""
    if not (isinstance(field.type, Scalar) and field.type.kind == "date-time"):
        return None
    if created and created.field(field.name):
        return None
    if field.name in _CREATED:
        return "created"
    return "updated" if field.name in _UPDATED else None
