"""Storage of one entity: items go in and come out as models of the contract."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, Generic, Literal, TypeVar, cast, get_args

from pydantic import MISSING, BaseModel
from pydantic_core import to_jsonable_python
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    func,
    inspect,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from .database import Database
from .errors import NotFound, Unprocessable
from .insertion import Insertion
from .schemas import Schema

Row = TypeVar("Row", bound=DeclarativeBase)
Item = TypeVar("Item", bound=BaseModel)
Order = Literal["asc", "desc"]

HIGHEST_OFFSET: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; the first page is 1, `total` counts all pages' items."""

    items: list[Item]
    total: int
    page: int
    limit: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.limit)

    @property
    def has_more(self) -> bool:
        return self.page < self.pages


class Repository(Generic[Row, Item]):
    """The rows of one table as items, found by `key`.

    `sort` is the default order of lists: an attribute's name, `-` first for descending.
    """

    def __init__(
        self,
        database: Database,
        row: type[Row],
        item: type[Item],
        *,
        key: str = "id",
        sort: str = "-created_at",
    ) -> None:
        self.database = database
        self.row = row
        self.item = item
        self.key = key
        self.sort = sort
        attributes = inspect(row).column_attrs.keys()
        self.names = [name for name in attributes if name in item.model_fields]
        self.omitted = [name for name in self.names if _is_omitted(item, name)]
        self.sortable = {
            name: attribute
            for attribute in self.names
            for name in (attribute, item.model_fields[attribute].alias or attribute)
        }
        self._by_key = select(*self._columns()).where(
            self._attribute(key) == bindparam("key", type_=self._attribute(key).type)
        )
        self._insertions: dict[bool, Insertion] = {}
        self._lists: dict[tuple[object, ...], tuple[Select[Any], Select[Any]]] = {}

    async def get(self, key: object) -> Item:
        """The item with this key; raises NotFound."""
        item = await self.find(key)
        if item is None:
            raise self._missing()
        return item

    async def find(self, key: object) -> Item | None:
        """The item with this key, if there is one."""
        try:
            rows = await self.database.fetch(self._by_key, {"key": key})
        except Unprocessable:
            # a key that the column cannot hold belongs to no row
            return None
        return self._item(rows[0]) if rows else None

    async def list(
        self,
        *,
        page: int = 1,
        limit: int = 10,
        sort_by: str | None = None,
        order: Order | None = None,
        filters: Mapping[str, object] | None = None,
        search: tuple[Sequence[str], str] | None = None,
    ) -> Page[Item]:
        """A page of items, ordered by `sort_by` and then by key.

        A filter compares for equality, and None is no filter. `search` names the
        attributes to look in and the text that one of them has to contain.
        """
        given = {k: v for k, v in (filters or {}).items() if v is not None}
        if sort_by is None:
            sort_by = self.sort.removeprefix("-")
            order = order or ("desc" if self.sort.startswith("-") else "asc")
        elif sort_by not in self.sortable:
            raise Unprocessable(f"Lists cannot be sorted by {sort_by}")
        sort_by = self.sortable.get(sort_by, sort_by)
        shape = (tuple(given), sort_by, order, tuple(search[0]) if search else None)
        if shape not in self._lists:
            self._lists[shape] = self._list_statements(
                tuple(given), sort_by, order or "asc", search[0] if search else ()
            )
        items, count = self._lists[shape]
        values = {f"filter_{name}": value for name, value in given.items()}
        if search:
            values["search"] = _contains(search[1])
        offset = (page - 1) * limit
        rows = (
            await self.database.fetch(
                items, values | {"limit": limit, "offset": offset}
            )
            if offset <= HIGHEST_OFFSET
            else []
        )
        if rows:
            total = cast(int, rows[0][-1])
        elif offset:
            # the window function counts nothing on a page past the end
            total = cast(int, (await self.database.fetch(count, values))[0][0])
        else:
            total = 0
        return Page([self._item(row) for row in rows], total, page, limit)

    async def create(
        self, values: Mapping[str, object], *, session: AsyncSession | None = None
    ) -> Item:
        """Store a new item; raises Conflict when a unique value is taken."""
        if session is None:
            insertion = self._insertion(with_key=self.key in values)
            parameters = insertion.parameters(values)
            rows = await self.database.write(insertion.statement, parameters)
            return self._item(rows[0])
        row = self.row(**{name: _stored(value) for name, value in values.items()})
        session.add(row)
        await session.flush()
        return self._item_of(row)

    async def update(
        self,
        key: object,
        values: Mapping[str, object],
        *,
        session: AsyncSession | None = None,
    ) -> Item:
        """Change the given values only; raises NotFound, Conflict."""
        async with self._session(session) as current:
            row = await self._load(current, key)
            for name, value in values.items():
                setattr(row, name, _stored(value))
            await current.flush()
            return self._item_of(row)

    async def delete(self, key: object, *, session: AsyncSession | None = None) -> None:
        """Remove the item; raises NotFound, Conflict when others refer to it."""
        async with self._session(session) as current:
            await current.delete(await self._load(current, key))
            await current.flush()

    @asynccontextmanager
    async def _session(
        self, session: AsyncSession | None
    ) -> AsyncIterator[AsyncSession]:
        if session is not None:
            yield session
            return
        async with self.database.transaction() as own:
            yield own

    async def _load(self, session: AsyncSession, key: object) -> Row:
        """The row, locked until the transaction ends."""
        statement = select(self.row).where(self._attribute(self.key) == key)
        row = await session.scalar(statement.with_for_update())
        if row is None:
            raise self._missing()
        return row

    def _insertion(self, *, with_key: bool) -> Insertion:
        """The statement for new items; the database may count their keys up."""
        if with_key not in self._insertions:
            by_database = inspect(self.row).primary_key[0].default is None
            counted = self.key if by_database and not with_key else None
            self._insertions[with_key] = Insertion(self.row, self._columns(), counted)
        return self._insertions[with_key]

    def _list_statements(
        self, filters: Sequence[str], sort_by: str, order: Order, search: Sequence[str]
    ) -> tuple[Select[Any], Select[Any]]:
        """The page and the count of one shape of list."""
        conditions: list[ColumnElement[bool]] = [
            self._attribute(name)
            == bindparam(f"filter_{name}", type_=self._attribute(name).type)
            for name in filters
        ]
        if search:
            pattern = bindparam("search", type_=String())
            conditions.append(
                or_(
                    *(
                        self._attribute(name).ilike(pattern, escape="/")
                        for name in search
                    )
                )
            )
        sort = self._attribute(sort_by)
        key = self._attribute(self.key)
        ordered = (sort, key) if order == "asc" else (sort.desc(), key.desc())
        page = (
            select(*self._columns(), func.count().over())
            .where(*conditions)
            .order_by(*ordered)
            .limit(bindparam("limit", type_=BigInteger()))
            .offset(bindparam("offset", type_=BigInteger()))
        )
        count = select(func.count()).select_from(self.row).where(*conditions)
        return page, count

    def _attribute(self, name: str) -> InstrumentedAttribute[Any]:
        attribute: InstrumentedAttribute[Any] = getattr(self.row, name)
        return attribute

    def _columns(self) -> Sequence[InstrumentedAttribute[Any]]:
        return [self._attribute(name) for name in self.names]

    def _item_of(self, row: Row) -> Item:
        return self._item([getattr(row, name) for name in self.names])

    def _item(self, row: Sequence[object]) -> Item:
        values = dict(zip(self.names, row, strict=False))
        for name in self.omitted:
            if values[name] is None:
                del values[name]
        return self.item.model_validate(values)

    def _missing(self) -> NotFound:
        return NotFound(f"There is no such {self.item.__name__}")


def values_of(body: Schema) -> dict[str, object]:
    """What a new item gets from a body, by attribute: defaults too, absent ones not."""
    return {name: value for name, value in _fields(body) if value is not MISSING}


def changes_of(body: Schema) -> dict[str, object]:
    """What a patch changes, by attribute: only what the body names."""
    return {
        name: value
        for name, value in _fields(body)
        if name in body.model_fields_set and value is not MISSING
    }


def whole_of(body: Schema, *kept: str) -> dict[str, object]:
    """What a replacement sets, by attribute: what the body leaves out is emptied.

    The `kept` ones cannot be empty and stay as they are when the body leaves them out.
    """
    return {
        name: None if value is MISSING else value
        for name, value in _fields(body)
        if value is not MISSING or name not in kept
    }


def _fields(body: Schema) -> Iterator[tuple[str, object]]:
    """The fields with their values; there is no column for other properties."""
    for name in type(body).model_fields:
        yield name, getattr(body, name)


def _stored(value: object) -> object:
    """A value as it is read again: what holds others is a JSON document."""
    if isinstance(value, BaseModel | list | tuple | dict):
        return cast(object, to_jsonable_python(value))
    return value


def _is_omitted(item: type[BaseModel], name: str) -> bool:
    """Whether a field without value is left out, as it may not be null."""
    kinds = get_args(item.model_fields[name].annotation)
    return MISSING in kinds and NoneType not in kinds


def _contains(text: str) -> str:
    """A LIKE pattern for any value that contains the text."""
    for special in ("/", "%", "_"):
        text = text.replace(special, f"/{special}")
    return f"%{text}%"
