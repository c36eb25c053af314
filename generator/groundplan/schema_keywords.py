"""The keywords of a JSON Schema, one by one: bounds, defaults, examples, merging."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from .domain import (
    MISSING_DEFAULT,
    Enumeration,
    Scalar,
    Type,
)
from .reader import Json

Schema: TypeAlias = dict[str, Json]

_NUMBER_KEYWORDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
)


def combine(target: Schema, part: Schema) -> None:
    """Add a part of an `allOf` to the schema that it makes."""
    for key, value in part.items():
        current = target.get(key)
        if key == "properties" and isinstance(current, dict):
            assert isinstance(value, dict)
            target[key] = {**current, **value}
        elif key == "required" and isinstance(current, list):
            assert isinstance(value, list)
            target[key] = [*current, *(v for v in value if v not in current)]
        elif key in ("minimum", "minLength", "minItems") and current is not None:
            target[key] = max(current, value)  # type: ignore[type-var]
        elif key in ("maximum", "maxLength", "maxItems") and current is not None:
            target[key] = min(current, value)  # type: ignore[type-var]
        else:
            target[key] = value


def or_null(type_: Type, nullable: bool) -> Type:
    """The type, or the same that may be null as well."""
    return replace(type_, nullable=True) if nullable else type_


def constraints_of(
    schema: Schema, keywords: tuple[str, ...]
) -> tuple[tuple[str, int | float | str], ...]:
    """The given keywords of a schema that have a plain value."""
    found = ((key, schema.get(key)) for key in keywords)
    return tuple(
        (key, value) for key, value in found if isinstance(value, int | float | str)
    )


def number_constraints_of(schema: Schema) -> tuple[tuple[str, int | float | str], ...]:
    """Bounds in the 3.1 form: 3.0 marks `exclusiveMinimum: true` beside `minimum`.

    Those of an integer are integers: above 1.5 is from 2 on.
    """
    schema = dict(schema)
    for bound in ("Minimum", "Maximum"):
        flag = schema.get(f"exclusive{bound}")
        if isinstance(flag, bool):
            schema.pop(f"exclusive{bound}")
            if flag and bound.lower() in schema:
                schema[f"exclusive{bound}"] = schema.pop(bound.lower())
    if schema.get("type") == "integer":
        for keyword, whole in _WHOLE.items():
            value = schema.get(keyword)
            if isinstance(value, float):
                schema[keyword] = whole(value)
    return constraints_of(schema, _NUMBER_KEYWORDS)


_WHOLE: dict[str, Callable[[float], int]] = {
    "minimum": math.ceil,
    "maximum": math.floor,
    "exclusiveMinimum": math.floor,
    "exclusiveMaximum": math.ceil,
    "multipleOf": lambda step: Fraction(str(step)).numerator,
}


def default_of(schema: Schema, type_: Type) -> object:
    """A default that can be written as a literal of the type, else none."""
    value = schema.get("default", MISSING_DEFAULT)
    if value is MISSING_DEFAULT or isinstance(value, dict | list):
        return MISSING_DEFAULT
    if value is None:
        return None if type_.nullable else MISSING_DEFAULT
    if isinstance(type_, Enumeration):
        return value if value in type_.values else MISSING_DEFAULT
    if isinstance(type_, Scalar):
        kinds: dict[str, tuple[type, ...]] = {
            "string": (str,),
            "integer": (int,),
            "number": (int, float),
            "boolean": (bool,),
        }
        expected = kinds.get(type_.kind, ())
        is_bool = isinstance(value, bool)
        if isinstance(value, expected):
            return value if is_bool == (type_.kind == "boolean") else MISSING_DEFAULT
    return MISSING_DEFAULT


def example_of(schema: Schema) -> Json:
    """The first example of a schema in either dialect, or None."""
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return examples[0]
    return schema.get("example")


def integer_of(value: Json) -> int | None:
    """A keyword that has to be an integer; anything else counts as absent."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_of(value: Json) -> str:
    """A keyword that has to be text; anything else counts as empty."""
    return value.strip() if isinstance(value, str) else ""
