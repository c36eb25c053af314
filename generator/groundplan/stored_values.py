"""Values for rows that have none, as literals of a migration.

What is typed on the command line or stands in a contract becomes Python source here by
`repr` of a checked value, never by being pasted.
"""

import datetime as dt
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from .domain import MISSING_DEFAULT, Scalar
from .errors import AnswerError
from .python_text import literal
from .tables import DOCUMENTS, TEXTS, StoredColumn

MAX_INTEGER = 2**63 - 1


class _RefusedError(ValueError):
    """A value that a column does not take; says why."""


@dataclass(frozen=True)
class Value:
    """Python source of a value; `sqlite` where SQLite keeps another one."""

    source: str
    sqlite: str | None = None


NOW = Value("sa.func.now()")

_FORMS = {
    "integer": "INTEGER",
    "number": "NUMBER",
    "decimal": "DECIMAL",
    "boolean": "true or false",
    "uuid": "UUID",
    "date": "YYYY-MM-DD",
    "date-time": "YYYY-MM-DDTHH:MM:SSZ",
}


def form(column: StoredColumn) -> str:
    """How a value of a column is written, in a word."""
    if column.values:
        return "VALUE"
    return _FORMS.get(column.type.kind, "TEXT" if column.type.kind in TEXTS else "JSON")


def given(column: StoredColumn, option: str, text: str) -> Value:
    """A value that was typed. Raises AnswerError where the column cannot hold it."""
    try:
        text.encode()
        value = _PARSERS.get(column.type.kind, str)(text)
        _check(column, value)
        return written(value)
    except (ArithmeticError, RecursionError, ValueError) as error:
        reason = str(error) if isinstance(error, _RefusedError) else "cannot be read"
    expected = ", ".join(map(str, column.values[:10])) or form(column)
    raise AnswerError(f"{option}: {reason}", f"{column.name} takes {expected}.")


def default(column: StoredColumn) -> Value | None:
    """What rows get without being told: the contract's default, or this moment."""
    source = column.source
    if source is None:
        return None
    if source.managed:
        return NOW
    value = source.default
    if value is MISSING_DEFAULT or value is None:
        return None
    number = column.type.kind == "number" and isinstance(value, int)
    return written(float(str(value)) if number else value)


def empty(column: StoredColumn) -> Value:
    """The value that says nothing: for rows whose own one is gone."""
    if column.values:
        return written(column.values[0])
    kind = column.type.kind
    if kind == "date-time":
        return NOW
    nothing: dict[str, object] = {
        "integer": 0,
        "number": 0.0,
        "decimal": Decimal(0),
        "boolean": False,
        "uuid": UUID(int=0),
        "date": dt.date(1970, 1, 1),
        "list": [],
        "object": {},
        "json": {},
    }
    return written(nothing.get(kind, ""))


def written(value: object) -> Value:
    """A value as source."""
    if isinstance(value, Decimal):
        units = str(int(value.scaleb(4)))
        return Value(f"Decimal({str(value)!r})", sqlite=units)
    if isinstance(value, UUID):
        return Value(f"UUID({str(value)!r})")
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC).isoformat()
        return Value(f"dt.datetime.fromisoformat({moment!r})")
    if isinstance(value, dt.date):
        return Value(f"dt.date({value.year}, {value.month}, {value.day})")
    return Value(_json(value))


def _json(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{literal(k)}: {_json(v)}" for k, v in value.items()) + "}"
        )
    return literal(value)


def _check(column: StoredColumn, value: object) -> None:
    """Raise _RefusedError for what the contract, or the column, does not take."""
    if column.values:
        if value not in column.values:
            raise _RefusedError("is none of the values")
        return
    kind, length = column.type.kind, column.type.length
    if isinstance(value, str) and length is not None and len(value) > length:
        raise _RefusedError(f"is longer than {length} characters")
    shapes: dict[str, type] = {"list": list, "object": dict}
    if kind in shapes and not isinstance(value, shapes[kind]):
        raise _RefusedError(f"is no {kind}")
    type_ = column.source.type if column.source else None
    if not isinstance(type_, Scalar):
        return
    for keyword, bound in type_.constraints:
        holds = _BOUNDS.get(keyword)
        if holds and not isinstance(bound, str) and not holds(value, bound):
            raise _RefusedError(f"{keyword} is {bound}")


def _number(value: object) -> Decimal:
    assert isinstance(value, int | float | Decimal)
    return Decimal(str(value))


_BOUNDS: dict[str, Callable[[object, int | float], bool]] = {
    "minLength": lambda value, bound: len(str(value)) >= bound,
    "maxLength": lambda value, bound: len(str(value)) <= bound,
    "minimum": lambda value, bound: _number(value) >= _number(bound),
    "maximum": lambda value, bound: _number(value) <= _number(bound),
    "exclusiveMinimum": lambda value, bound: _number(value) > _number(bound),
    "exclusiveMaximum": lambda value, bound: _number(value) < _number(bound),
}


def _integer(text: str) -> object:
    value = int(text[:40])
    if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise _RefusedError("has more than 64 bits")
    return value


def _float(text: str) -> object:
    value = float(text)
    if not math.isfinite(value):
        raise _RefusedError("is no finite number")
    return value


def _decimal(text: str) -> object:
    value = Decimal(text)
    if not value.is_finite() or abs(value) >= 10**14 or value != round(value, 4):
        raise _RefusedError("has more than 14 digits before, or 4 after the point")
    return value


def _boolean(text: str) -> object:
    if text not in ("true", "false"):
        raise _RefusedError("is neither true nor false")
    return text == "true"


def _moment(text: str) -> object:
    value = dt.datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise _RefusedError("is a moment without its time zone")
    return value


def _document(text: str) -> object:
    def refuse(name: str) -> object:
        raise _RefusedError(f"{name} is no JSON")

    value = json.loads(text, parse_constant=refuse)
    if value is None:
        raise _RefusedError("null is no value")
    return value


_PARSERS: dict[str, Callable[[str], object]] = {
    "integer": _integer,
    "number": _float,
    "decimal": _decimal,
    "boolean": _boolean,
    "uuid": UUID,
    "date": dt.date.fromisoformat,
    "date-time": _moment,
    **dict.fromkeys(DOCUMENTS, _document),
}
