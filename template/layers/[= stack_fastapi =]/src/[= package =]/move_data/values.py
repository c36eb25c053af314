"""Values between databases: what a driver gives, what the model's types make of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from typing import Final

from sqlalchemy import JSON, Column, ColumnElement, Dialect, Text, cast, column
from sqlalchemy.types import TypeDecorator, TypeEngine

Convert = Callable[[object], object]
Kinds = Mapping[str, TypeEngine[object]]
"""The type of each column by name, in the order of the columns."""

WRONG_VALUE: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
MODULUS: Final = 1 << 128


class JsonText(TypeDecorator[object]):
    """A JSON document as it is written: numbers keep all digits, NULL is not null."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: TypeEngine[object]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        return stored_type(self.kind, dialect)

    def bind_processor(self, dialect: Dialect) -> None:
        """Hand the text to the driver."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        """Take the driver's text, or what SQLite makes of one that is a number."""

        def text(stored: object) -> str:
            written = stored if isinstance(stored, str) else json.dumps(stored)
            json.loads(written)
            return written

        return text


def stored_type(kind: TypeEngine[object], dialect: Dialect) -> TypeEngine[object]:
    """The type in the database, below what decorates it."""
    if isinstance(kind, TypeDecorator):
        return kind.load_dialect_impl(dialect)
    return kind.dialect_impl(dialect)


def moved_type(
    model: Column[object], dialects: Sequence[Dialect]
) -> TypeEngine[object]:
    """The type by which a column is read and written: the model's, or JSON as text."""
    kinds = (stored_type(model.type, dialect) for dialect in dialects)
    if all(isinstance(kind, JSON) for kind in kinds):
        return JsonText(model.type)
    return model.type


def stored_value(
    name: str, kind: TypeEngine[object], dialect: Dialect
) -> ColumnElement[object]:
    """A column as it is stored; PostgreSQL's driver would take documents apart."""
    if isinstance(kind, JsonText) and dialect.name == "postgresql":
        return cast(column(name), Text)
    return column(name)


def reader(kind: TypeEngine[object], dialect: Dialect, code: object) -> Convert | None:
    """What makes a driver's value the type's; None if it already is."""
    return kind.dialect_impl(dialect).result_processor(dialect, code)


class Digest:
    """The number of rows and a checksum that does not depend on their order."""

    def __init__(self, kinds: Kinds) -> None:
        self.rows = 0
        self._sum = 0
        self._documents = {n for n, kind in kinds.items() if isinstance(kind, JsonText)}

    def add(self, row: Mapping[str, object]) -> None:
        """Take a row in."""
        values = [
            canonical(
                json.loads(str(value), parse_float=Decimal, parse_int=Decimal)
                if name in self._documents and value is not None
                else value
            )
            for name, value in row.items()
        ]
        digest = blake2b("\0".join(values).encode(), digest_size=16).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % MODULUS
        self.rows += 1

    @property
    def checksum(self) -> str:
        """32 hexadecimal digits."""
        return f"{self._sum:032x}"


def canonical(value: object) -> str:
    """One text for every value that means the same, whichever driver gave it."""
    match value:
        case bool() | None | str() | bytes():
            return repr(value)
        case Enum():
            return repr(value.name)
        case Decimal():
            return number(value)
        case float():
            # SQLite has no negative zero
            return repr(value + 0.0)
        case datetime() if value.tzinfo:
            return value.astimezone(UTC).isoformat()
        case Mapping():
            pairs = (f"{key!r}: {canonical(item)}" for key, item in value.items())
            return "{" + ", ".join(sorted(pairs)) + "}"
        case list():
            return "[" + ", ".join(map(canonical, value)) + "]"
        case _:
            return str(value)


def number(value: Decimal) -> str:
    """A number without the zeros that say nothing, and with all other digits."""
    sign, digits, exponent = value.as_tuple()
    if isinstance(exponent, str):
        return str(value)
    written = "".join(map(str, digits))
    kept = written.rstrip("0")
    if not kept:
        return "0"
    return f"{'-' * sign}{kept}e{exponent + len(written) - len(kept)}"
