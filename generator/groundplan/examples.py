"""Valid values for generated tests: the contract's own examples, else made to fit."""

import json

from .domain import (
    AliasOf,
    Domain,
    Enumeration,
    Field,
    ListOf,
    MapOf,
    ModelOf,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
)
from .patterns import PatternRefused, compiled
from .reader import Json

_BY_KIND: dict[str, Json] = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "any": "anything",
    "boolean": True,
    "null": None,
}
_BY_FORMAT = {
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/here",
    "time": "12:00:00Z",
    "duration": "P1D",
    "byte": "dGV4dA==",
    "json-pointer": "/here",
}
MAX_DEPTH = 8
# Deeper, what is optional is left out: models may refer to each other many times.
OPTIONAL_DEPTH = 3


class NoExample(Exception):
    """No value can be made up that surely satisfies the contract."""


def example(type_: Type, domain: Domain, given: Json = None, depth: int = 0) -> Json:
    """A wire value of a type. Raises NoExample."""
    if depth > MAX_DEPTH:
        raise NoExample
    if isinstance(type_, Enumeration):
        return next((v for v in type_.values if v == given), type_.values[0])
    if isinstance(type_, Scalar):
        return _scalar(type_, given)
    if isinstance(type_, ListOf):
        return _list(type_, domain, given, depth)
    if isinstance(type_, TupleOf):
        return [example(item, domain, None, depth + 1) for item in type_.items]
    if isinstance(type_, MapOf):
        return _map(type_, domain, depth)
    if isinstance(type_, ModelOf):
        return _model(type_, domain, depth)
    if isinstance(type_, AliasOf):
        return example(domain.aliases[type_.name], domain, None, depth + 1)
    return _union(type_, domain, depth)


def _model(type_: ModelOf, domain: Domain, depth: int) -> Json:
    model = domain.models[type_.model]
    made: dict[str, Json] = {
        field.wire: value
        for field in model.fields
        if (value := _field(field, domain, depth)) is not None
    }
    if not _fits(len(made), model.minimum, model.maximum):
        raise NoExample
    return made


def _union(type_: UnionOf, domain: Domain, depth: int) -> Json:
    """Of the first variant; nobody knows what else fits an exclusive one."""
    if type_.exclusive:
        raise NoExample
    if type_.discriminator is None:
        return example(type_.variants[0], domain, None, depth + 1)
    tag, number = type_.tags[0]
    made = example(type_.variants[number], domain, None, depth + 1)
    assert isinstance(made, dict)
    return made | {type_.discriminator: tag}


def _map(type_: MapOf, domain: Domain, depth: int) -> Json:
    if not type_.minimum:
        return {}
    if type_.minimum > 1:
        raise NoExample
    key = example(type_.keys or Scalar("string"), domain, None, depth + 1)
    return {str(key): example(type_.values, domain, None, depth + 1)}


def _fits(size: int, minimum: int | None, maximum: int | None) -> bool:
    return (minimum or 0) <= size and (maximum is None or size <= maximum)


def other(type_: Type, value: Json) -> Json:
    """Another valid value of a type than the given one. Raises NoExample."""
    if isinstance(type_, Enumeration):
        for choice in type_.values:
            if choice != value:
                return choice
    elif isinstance(type_, Scalar):
        for candidate in _others(type_, value):
            try:
                if candidate != value and _scalar(type_, candidate) == candidate:
                    return candidate
            except NoExample:
                continue
    raise NoExample


def _others(type_: Scalar, value: Json) -> list[Json]:
    if type_.kind == "string" and isinstance(value, str):
        return [f"{value} 2", f"{value}2", value[:-1], "Another text", "b2", "B2"]
    if type_.kind in ("integer", "number") and isinstance(value, int | float):
        return [value + 1, value - 1, value + 10, value * 2]
    if type_.kind == "boolean":
        return [not value]
    return []


def _field(field: Field, domain: Domain, depth: int) -> Json:
    """The value of a field; None leaves an optional one out."""
    if depth >= OPTIONAL_DEPTH and not field.required:
        return None
    try:
        return example(field.type, domain, field.example, depth + 1)
    except NoExample:
        if field.required:
            raise
        return None


def _list(type_: ListOf, domain: Domain, given: Json, depth: int) -> Json:
    count = max(type_.minimum or 0, 1)
    if type_.maximum == 0:
        return []
    first = given[0] if isinstance(given, list) and given else None
    if isinstance(type_.items, ModelOf):
        first = None
    if type_.unique and count > 1:
        raise NoExample
    return [example(type_.items, domain, first, depth + 1) for _ in range(count)]


def _scalar(type_: Scalar, given: Json) -> Json:
    if type_.kind in ("string", "email", "decimal"):
        return _text(type_, given)
    if type_.kind in ("integer", "number", "decimal-number"):
        return _number(type_, given)
    if type_.kind == "never":
        raise NoExample
    listed = type_.constraint("enum")
    if isinstance(listed, str):
        values: list[Json] = json.loads(listed)
        return values[0]
    if type_.kind == "boolean" and isinstance(given, bool):
        return given
    return _BY_KIND[type_.kind]


def _text(type_: Scalar, given: Json) -> str:
    shortest = type_.constraint("minLength")
    length = int(shortest) if isinstance(shortest, int | float) else 0
    candidates: list[Json] = [given, "text", "a" * length, "A1", "1", "a"]
    if type_.kind == "decimal":
        candidates = [given, "1.5", "1.50", "1", "1.500", "15.00"]
    elif type_.kind == "email" or type_.format in _BY_FORMAT:
        candidates = [given, _BY_FORMAT[type_.format or "email"]]
    for text in candidates:
        if isinstance(text, str) and text_fits(type_, text):
            return text
    raise NoExample


def text_fits(type_: Type, text: str) -> bool:
    """Whether a text has the length and the pattern that a type wants."""
    if not isinstance(type_, Scalar):
        return False
    shortest, longest = (type_.constraint(k) for k in ("minLength", "maxLength"))
    if isinstance(shortest, int | float) and len(text) < shortest:
        return False
    if isinstance(longest, int | float) and len(text) > longest:
        return False
    pattern = type_.constraint("pattern")
    return pattern is None or _matches(str(pattern), text)


def _matches(pattern: str, text: str) -> bool:
    try:
        return compiled(pattern).matches(text)
    except PatternRefused:
        return False


def _number(type_: Scalar, given: Json) -> Json:
    constraints = dict(type_.constraints)
    low = constraints.get("minimum", constraints.get("exclusiveMinimum"))
    high = constraints.get("maximum", constraints.get("exclusiveMaximum"))
    step = constraints.get("multipleOf")
    candidates: list[Json] = [given, 1, 0, low, high, step]
    if isinstance(low, int | float):
        candidates += [low + 1, low + 0.5]
    for number in candidates:
        if isinstance(number, bool) or not isinstance(number, int | float):
            continue
        if type_.kind == "integer" and not isinstance(number, int):
            continue
        fits = (
            number >= constraints.get("minimum", number)  # type: ignore[operator]
            and number <= constraints.get("maximum", number)  # type: ignore[operator]
            and number > constraints.get("exclusiveMinimum", number - 1)  # type: ignore[operator]
            and number < constraints.get("exclusiveMaximum", number + 1)  # type: ignore[operator]
        )
        if fits and (step is None or number % step == 0):  # type: ignore[operator]
            return number
    raise NoExample
