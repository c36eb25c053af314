"""Values that hold no others: strings, numbers, enumerations."""

import json

from .domain import Enumeration, Plain, Scalar, ScalarKind, Type
from .errors import ContractError
from .reader import Json
from .schema_keywords import Schema, constraints_of, number_constraints_of

MAX_PATTERN = 500
_STRING_KEYWORDS = ("minLength", "maxLength", "pattern")
_STRING_FORMATS: dict[str, ScalarKind] = {
    "uuid": "uuid",
    "date": "date",
    "date-time": "date-time",
    "email": "email",
    "decimal": "decimal",
}
# What the format says already, so that the keywords beside it are not looked at.
_SAID_BY_FORMAT = frozenset({"uuid", "date", "date-time"})


def scalar(kind: str, schema: Schema, place: str) -> Scalar:
    """A value of a type of JSON Schema that holds no others.

    Raises ContractError for a pattern that is too long; `place` is where it stands.
    """
    name = schema.get("format")
    name = name if isinstance(name, str) and name else None
    if kind == "string":
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and len(pattern) > MAX_PATTERN:
            raise ContractError(
                place,
                f"a pattern of more than {MAX_PATTERN} characters",
                "Shorten it, or check the value in service.py.",
            )
        found = _STRING_FORMATS.get(name or "", "string")
        if found in _SAID_BY_FORMAT:
            return Scalar(found)
        limits = constraints_of(schema, _STRING_KEYWORDS)
        return Scalar(found, limits, False, name if found == "string" else None)
    if kind == "integer":
        return Scalar("integer", number_constraints_of(schema, True), False, name)
    if kind == "number":
        limits = number_constraints_of(schema, False)
        if name == "decimal":
            return Scalar("decimal-number", limits)
        return Scalar("number", limits, False, name)
    return Scalar("boolean" if kind == "boolean" else "any")


def enumeration(values: list[Json], alias: str | None, nullable: bool) -> Type:
    """One of the given values; those that hold others stay JSON."""
    if not values:
        return Scalar("null") if nullable else Scalar("never")
    plain: list[Plain] = []
    for value in values:
        if value is None or isinstance(value, list | dict):
            listed = json.dumps(values, ensure_ascii=False)
            return Scalar("any", (("enum", listed),), nullable)
        plain.append(value)
    return Enumeration(tuple(plain), alias, nullable)
