"""Valid values for generated tests: the contract's own examples, else made to fit."""

from .domain import Domain, Enumeration, Field, ListOf, MapOf, ModelOf, Scalar, Type
from .patterns import PatternRefused, compiled
from .reader import Json

_BY_KIND: dict[str, Json] = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "decimal": "1.5",
    "email": "someone@example.com",
    "any": "anything",
    "boolean": True,
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
    if isinstance(type_, MapOf):
        return {}
    if isinstance(type_, ModelOf):
        return {
            field.wire: value
            for field in domain.models[type_.model].fields
            if (value := _field(field, domain, depth)) is not None
        }
    return example(type_.variants[0], domain, None, depth + 1)


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
    if type_.kind == "string":
        return _text(type_, given)
    if type_.kind in ("integer", "number"):
        return _number(type_, given)
    if type_.kind == "boolean" and isinstance(given, bool):
        return given
    return _BY_KIND[type_.kind]


def _text(type_: Scalar, given: Json) -> str:
    shortest = type_.constraint("minLength") or 0
    longest = type_.constraint("maxLength")
    longest = 10_000 if longest is None else longest
    pattern = type_.constraint("pattern")
    assert isinstance(shortest, int | float) and isinstance(longest, int | float)
    candidates = [given, "text", "a" * int(shortest), "A1", "1", "a"]
    for text in candidates:
        if not isinstance(text, str) or not shortest <= len(text) <= longest:
            continue
        if pattern is None or _matches(str(pattern), text):
            return text
    raise NoExample


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
