"""The tables of a context, as every stack stores them: what migrations compare.

Only what a database knows is here: names, types, lengths, what may be missing, keys,
unique columns and indexes. The values of an enumeration are kept as well, because rows
that hold another one could no longer be read.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from .domain import (
    Column,
    Context,
    Entity,
    Enumeration,
    ListOf,
    MapOf,
    ModelOf,
    Scalar,
    Type,
)

MAX_STRING_COLUMN = 10_000
EMAIL_LENGTH = 320
ENUMERATION_LENGTH = 16
DIGITS = 18
# The places after the point of a decimal, as a pattern says them: `\.[0-9]{2}`.
_PLACES = re.compile(r"\\\.\(?(?:\\d|\[0-9\])\{(?:\d,)?(\d)\}")

TEXTS = frozenset({"string", "text"})
DOCUMENTS = frozenset({"json", "list", "object"})
KINDS = TEXTS | DOCUMENTS
KINDS |= {"integer", "number", "decimal", "boolean", "uuid", "date", "date-time"}
_WRITTEN = re.compile(r"([a-z-]+)(?:\((\d+(?:, \d+)*)\))?")


@dataclass(frozen=True)
class StoredType:
    """How values are kept: a kind of `KINDS`, and its length or its digits."""

    kind: str
    size: tuple[int, ...] = ()

    def __str__(self) -> str:
        size = ", ".join(map(str, self.size))
        return f"{self.kind}({size})" if size else self.kind

    @property
    def length(self) -> int | None:
        """The most characters of a text; None where there is no limit."""
        return self.size[0] if self.kind == "string" else None

    @classmethod
    def parse(cls, text: str) -> "StoredType":
        """The opposite of `str`. Raises ValueError."""
        match = _WRITTEN.fullmatch(text)
        if match is None or match[1] not in KINDS:
            raise ValueError(f"{text!r} is no type of a column")
        size = tuple(int(part) for part in (match[2] or "").split(", ") if part)
        if len(size) != {"string": 1, "decimal": 2}.get(match[1], 0):
            raise ValueError(f"{text!r} is no type of a column")
        return cls(match[1], size)


@dataclass(frozen=True)
class StoredColumn:
    """A column of a table. `counted` is an integer key that the database counts up."""

    name: str
    type: StoredType
    nullable: bool = False
    key: bool = False
    counted: bool = False
    unique: bool = False
    index: bool = False
    values: tuple[str | int, ...] = ()
    source: Column | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class StoredTable:
    """A table with its columns in order."""

    name: str
    columns: tuple[StoredColumn, ...]

    @property
    def key(self) -> StoredColumn:
        return next(column for column in self.columns if column.key)

    def column(self, name: str) -> StoredColumn | None:
        return next((item for item in self.columns if item.name == name), None)


def tables_of(context: Context) -> dict[str, StoredTable]:
    """The tables that a context needs, by name."""
    return {entity.table: _table(entity) for entity in context.entities}


def _table(entity: Entity) -> StoredTable:
    return StoredTable(entity.table, tuple(map(_column, entity.columns)))


def _column(column: Column) -> StoredColumn:
    unique = column.unique and not column.key
    indexed = column.index or column.managed == "created"
    type_ = column.type
    return StoredColumn(
        name=column.name,
        type=stored_type(type_),
        nullable=column.nullable,
        key=column.key,
        counted=column.generated == "integer",
        unique=unique,
        index=indexed and not (unique or column.key),
        values=_values(type_),
        source=column,
    )


def _values(type_: Type) -> tuple[str | int, ...]:
    """The values of an enumeration, where they are texts or integers."""
    values = type_.values if isinstance(type_, Enumeration) else ()
    return tuple(v for v in values if isinstance(v, str | int))


def stored_type(type_: Type) -> StoredType:
    """How values of a type are kept.

    Lengths are the contract's; a decimal gets 18 digits, as many of them after the
    point as the contract asks for.
    """
    if isinstance(type_, Enumeration):
        return _stored_enumeration(type_)
    if isinstance(type_, Scalar):
        limit = type_.constraint("maxLength")
        if type_.kind == "string":
            short = isinstance(limit, int) and 0 < limit <= MAX_STRING_COLUMN
            return StoredType("string", (int(limit),)) if short and limit else _TEXT
        if type_.kind == "email":
            return StoredType("string", (int(limit or EMAIL_LENGTH),))
        if type_.kind in ("decimal", "decimal-number"):
            return StoredType("decimal", (DIGITS, _places(type_)))
        return StoredType(type_.kind if type_.kind in KINDS else "json")
    if isinstance(type_, ListOf):
        return StoredType("list")
    return StoredType("object" if isinstance(type_, MapOf | ModelOf) else "json")


def _stored_enumeration(type_: Enumeration) -> StoredType:
    if type_.of_text:
        longest = max(len(str(value)) for value in type_.values)
        return StoredType("string", (max(ENUMERATION_LENGTH, longest),))
    kinds = {type(value) for value in type_.values}
    if kinds == {bool}:
        return StoredType("boolean")
    if kinds <= {int, float}:
        return StoredType("number" if float in kinds else "integer")
    return StoredType("json")


def _places(type_: Scalar) -> int:
    """The digits after the point that the contract asks for; 4 where it is silent."""
    step = type_.constraint("multipleOf")
    if isinstance(step, int | float):
        exponent = Decimal(repr(step)).normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 4
    found = _PLACES.search(str(type_.constraint("pattern")))
    return int(found[1]) if found else 4


_TEXT = StoredType("text")
