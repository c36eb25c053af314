"""The keywords of a JSON Schema, one by one: bounds, defaults, examples, merging."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from .domain import Type
from .reader import Json

Schema: TypeAlias = dict[str, Json]

_NUMBER_KEYWORDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
)


# Both hold when the tighter one does.
_LOWER = frozenset("minimum exclusiveMinimum minLength minItems minProperties".split())
_UPPER = frozenset("maximum exclusiveMaximum maxLength maxItems maxProperties".split())
# Two different ones cannot be said as one.
_SINGLE = frozenset("pattern multipleOf format".split())


def combine(target: Schema, part: Schema) -> list[str]:
    """Add a part of an `allOf` to the schema that it makes.

    Returns the keywords of which the first is kept, as both cannot be.
    """
    lost = []
    for key, value in bounds(part).items():
        current = target.get(key)
        if key not in target or current == value:
            target[key] = value
        elif isinstance(current, dict) and isinstance(value, dict):
            target[key] = (
                _properties(current, value)
                if key == "properties"
                else {"allOf": [current, value]}
            )
        elif key in ("additionalProperties", "items", "unevaluatedProperties"):
            target[key] = False if False in (current, value) else current or value
        elif isinstance(current, list) and isinstance(value, list):
            if key == "enum":
                target[key] = _in_both(current, value)
            else:
                target[key] = [*current, *(v for v in value if v not in current)]
        elif key in _LOWER:
            target[key] = max(current, value)  # type: ignore[type-var]
        elif key in _UPPER:
            target[key] = min(current, value)  # type: ignore[type-var]
        elif key in _SINGLE:
            lost.append(key)
        elif key == "uniqueItems":
            target[key] = True
        else:
            target[key] = value
    return lost


def _in_both(current: list[Json], value: list[Json]) -> list[Json]:
    allowed = set(map(_compared, value))
    return [item for item in current if _compared(item) in allowed]


def _compared(value: Json) -> tuple[bool, object]:
    """What is equal where two values are, and can be looked up."""
    listed = isinstance(value, list | dict)
    return isinstance(value, bool), repr(value) if listed else value


def _properties(current: Schema, value: Schema) -> Schema:
    """The properties of two parts; one that both have keeps to both."""
    shared: Schema = {
        name: {"allOf": [current[name], value[name]]}
        for name in current
        if name in value and current[name] != value[name]
    }
    return {**current, **value, **shared}


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


def bounds(schema: Schema) -> Schema:
    """Bounds in the 3.1 form: 3.0 marks `exclusiveMinimum: true` beside `minimum`."""
    schema = dict(schema)
    for bound in ("Minimum", "Maximum"):
        flag = schema.get(f"exclusive{bound}")
        if isinstance(flag, bool):
            schema.pop(f"exclusive{bound}")
            if flag and bound.lower() in schema:
                schema[f"exclusive{bound}"] = schema.pop(bound.lower())
    return schema


def number_constraints_of(
    schema: Schema, whole: bool
) -> tuple[tuple[str, int | float | str], ...]:
    """The bounds of a number; those of an integer are integers: above 1.5 is from 2."""
    schema = bounds(schema)
    for keyword, rounded in _WHOLE.items():
        value = schema.get(keyword)
        if whole and isinstance(value, float):
            schema[keyword] = rounded(value)
    return constraints_of(schema, _NUMBER_KEYWORDS)


_WHOLE: dict[str, Callable[[float], int]] = {
    "minimum": math.ceil,
    "maximum": math.floor,
    "exclusiveMinimum": math.floor,
    "exclusiveMaximum": math.ceil,
    "multipleOf": lambda step: Fraction(str(step)).numerator,
}


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


def types_of(value: Json) -> set[str]:
    """The types that JSON Schema gives a value: 1.0 is an integer too."""
    if value is None:
        return {"null"}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"number", "integer"} if value == int(value) else {"number"}
    kinds: dict[type, str] = {str: "string", bool: "boolean", list: "array"}
    return {kinds.get(type(value), "object")}


def distinct(values: Iterable[Json]) -> list[Json]:
    """The values without repetitions; `true` is not 1."""
    found: dict[tuple[bool, object], Json] = {}
    for value in values:
        found.setdefault(_compared(value), value)
    return list(found.values())


def same(one: Json, other: Json) -> bool:
    """Whether JSON Schema calls two values equal."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
