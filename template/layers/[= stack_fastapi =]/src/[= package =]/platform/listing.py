"""The statements of lists: conditions, order, and where a list goes on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from .errors import BadRequest

Order = Literal["asc", "desc"]
Attribute = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Keyset:
    """The order of a list whose items have each a place of their own."""

    row: type[DeclarativeBase]
    sort: Attribute
    key: Attribute
    order: Order

    @property
    def columns(self) -> list[Attribute]:
        return [self.sort, self.key]

    @cached_property
    def kinds(self) -> list[TypeAdapter[object]]:
        """What reads the values of the columns again, as a cursor has them."""
        return [TypeAdapter(column.type.python_type) for column in self.columns]

    @property
    def ordered(self) -> list[ColumnElement[Any]]:
        """The columns with their directions."""
        is_up = self.order == "asc"
        return [one.asc() if is_up else one.desc() for one in self.columns]

    def after(self, *, valued: bool) -> ColumnElement[bool]:
        """The condition that an item follows the place in after_sort and after_key.

        `valued` tells whether there is something in after_sort.
        """
        key = bindparam("after_key", type_=self.key.type)
        follows = self.key > key if self.order == "asc" else self.key < key
        if not valued:
            return and_(self.sort.is_(None), follows)
        here = tuple_(self.sort, self.key)
        place = tuple_(bindparam("after_sort", type_=self.sort.type), key)
        beyond = here > place if self.order == "asc" else here < place
        return or_(beyond, self.sort.is_(None)) if self.sort.nullable else beyond

    def parameters(self, place: Sequence[object]) -> dict[str, object]:
        """The parameters of a place that a cursor held; raises BadRequest."""
        try:
            sort, key = (
                None if value is None else kind.validate_python(value)
                for kind, value in zip(self.kinds, place, strict=True)
            )
        except (ValidationError, ValueError) as error:
            raise BadRequest("The cursor is none that this list has given") from error
        return {"after_key": key} | ({} if sort is None else {"after_sort": sort})


@dataclass(frozen=True)
class Asked:
    """What a list was asked for: filters by attribute, and where which text may be."""

    sort_by: str
    order: Order
    filters: Mapping[str, object]
    searched: Sequence[str]
    text: str

    @property
    def shape(self) -> tuple[object, ...]:
        """What its statements depend on."""
        return (*self.filters, self.sort_by, self.order, tuple(self.searched))

    @property
    def values(self) -> dict[str, object]:
        """The parameters of its statements."""
        search = {"search": _containing(self.text)} if self.searched else {}
        return bound(self.filters) | search

    def conditions(self, row: type[DeclarativeBase]) -> list[ColumnElement[bool]]:
        """What an item of the list has to be."""
        wanted = equal(row, self.filters)
        if self.searched:
            pattern = bindparam("search", type_=String())
            found = (
                getattr(row, name).ilike(pattern, escape="/") for name in self.searched
            )
            wanted.append(or_(*found))
        return wanted


@dataclass(frozen=True)
class Slices:
    """The statements of a list that goes on after a place."""

    keyset: Keyset
    first: Select[Any]
    count: Select[Any]
    _after: dict[bool, Select[Any]] = field(default_factory=dict)

    def after(self, *, valued: bool) -> Select[Any]:
        """The items after a place, which has something to sort by, or has not."""
        if valued not in self._after:
            self._after[valued] = self.first.where(self.keyset.after(valued=valued))
        return self._after[valued]


def pages(
    columns: Sequence[Attribute], keyset: Keyset, asked: Asked
) -> tuple[Select[Any], Select[Any]]:
    """The page, each row of which ends in the number of all items; and that number."""
    wanted = asked.conditions(keyset.row)
    page = (
        select(*columns, func.count().over())
        .where(*wanted)
        .order_by(*keyset.ordered)
        .limit(bindparam("limit", type_=BigInteger()))
        .offset(bindparam("offset", type_=BigInteger()))
    )
    return page, _counting(keyset, wanted)


def slices(columns: Sequence[Attribute], keyset: Keyset, asked: Asked) -> Slices:
    """The slices, each row of which ends in its place; and how many items there are.

    Items without a value to sort by come last, whatever the order and the engine.
    """
    wanted = asked.conditions(keyset.row)
    valueless = [keyset.sort.is_(None)] if keyset.sort.nullable else []
    first = (
        select(*columns, *keyset.columns)
        .where(*wanted)
        .order_by(*valueless, *keyset.ordered)
        .limit(bindparam("limit", type_=BigInteger()))
    )
    return Slices(keyset, first, _counting(keyset, wanted))


def _counting(keyset: Keyset, wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return select(func.count()).select_from(keyset.row).where(*wanted)


def equal(
    row: type[DeclarativeBase], names: Iterable[str]
) -> list[ColumnElement[bool]]:
    """The conditions that attributes have the values bound under their names."""
    return [
        getattr(row, name) == bindparam(f"is_{name}", type_=getattr(row, name).type)
        for name in names
    ]


def bound(values: Mapping[str, object]) -> dict[str, object]:
    """Values under the names of the parameters that `equal` compares with."""
    return {f"is_{name}": value for name, value in values.items()}


def _containing(text: str) -> str:
    """A LIKE pattern for any value that contains the text."""
    for special in ("/", "%", "_"):
        text = text.replace(special, f"/{special}")
    return f"%{text}%"
