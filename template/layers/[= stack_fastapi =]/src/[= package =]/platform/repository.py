"""Storage of one entity: items go in and come out as models of the contract."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import NoneType
from typing import Any, Final, Generic, TypeVar, cast, get_args

from pydantic import MISSING, BaseModel
from pydantic_core import to_jsonable_python
from sqlalchemy import Select, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from .conditional import condition_on
from .cursors import cursor_of, place_of
from .database import Database
from .errors import NotFound, Unprocessable
from .insertion import Insertion
from .listing import Asked, Keyset, Order, Slices, bound, equal, pages, slices
from .pages import Page, Slice
from .schemas import Schema

Row = TypeVar("Row", bound=DeclarativeBase)
Item = TypeVar("Item", bound=BaseModel)
Within = Mapping[str, object]

HIGHEST_OFFSET: Final = 2**63 - 1
UNPAGED: Final = 1000  # items of a list that the contract does not divide into pages


class Repository(Generic[Row, Item]):
    """The rows of one table as items, found by `key`.

    `sort` is the default order of lists: an attribute's name, `-` first for descending.
    `within`, in every method, is what the path says of items that stand below another:
    attributes and the values that they have or get. `whole` is the model that tells
    most of an item, where `item` is not: entity tags are made of what it tells.
    """

    def __init__(
        self,
        database: Database,
        row: type[Row],
        item: type[Item],
        *,
        key: str = "id",
        sort: str = "-created_at",
        whole: type[BaseModel] | None = None,
    ) -> None:
        self.database = database
        self.row = row
        self.table = row.__tablename__
        database.expect(row.__table__)
        self.item = item
        self.key = key
        self.sort = sort
        attributes = inspect(row).column_attrs.keys()
        self.names = [name for name in attributes if name in item.model_fields]
        told = (whole or item).model_fields
        self.told = [name for name in attributes if name in told]
        self.found = [*self.names, *(n for n in self.told if n not in self.names)]
        self._told_at = [self.found.index(name) for name in self.told]
        self.omitted = [name for name in self.names if _is_omitted(item, name)]
        self.sortable = {
            name: attribute
            for attribute in self.names
            for name in (attribute, item.model_fields[attribute].alias or attribute)
        }
        self._kinds: dict[str, type[Any]] = {}
        self._finds: dict[tuple[str, ...], Select[Any]] = {}
        self._insertions: dict[bool, Insertion] = {}
        self._pages: dict[tuple[object, ...], tuple[Select[Any], Select[Any]]] = {}
        self._slices: dict[tuple[object, ...], Slices] = {}

    async def get(self, key: object, *, within: Within | None = None) -> Item:
        """The item with this key; raises NotFound."""
        item = await self.find(key, within=within)
        if item is None:
            raise self._missing()
        return item

    async def find(self, key: object, *, within: Within | None = None) -> Item | None:
        """The item with this key, if there is one."""
        try:
            values = self._placed(within) | {self.key: self._fitting(self.key, key)}
            names = tuple(values)
            if names not in self._finds:
                columns = map(self._attribute, self.found)
                statement = select(*columns).where(*equal(self.row, names))
                self._finds[names] = statement
            rows = await self.database.fetch(self._finds[names], bound(values))
        except (NotFound, Unprocessable):
            # a key that the column cannot hold belongs to no row
            return None
        if not rows:
            return None
        condition = condition_on(self.table, key)
        if condition and condition.is_read:
            condition.state = [rows[0][index] for index in self._told_at]
        return self._item(rows[0])

    async def list(
        self,
        *,
        page: int = 1,
        offset: int | None = None,
        limit: int = 10,
        sort_by: str | None = None,
        order: Order | None = None,
        filters: Mapping[str, object] | None = None,
        search: tuple[Sequence[str], str] | None = None,
        within: Within | None = None,
    ) -> Page[Item]:
        """A page of items, ordered by `sort_by` and then by key.

        `page` counts from 1; `offset`, where it is given, wins over it. A `-` before
        `sort_by`, or `:desc` after it, turns the order around. A filter compares for
        equality, and None is no filter. `search` names the attributes to look in and
        the text that one of them has to contain.
        """
        asked = self._asked(sort_by, order, filters, search, within)
        shape = asked.shape
        if shape not in self._pages:
            keyset = self._keyset(asked)
            self._pages[shape] = pages(self._columns(), keyset, asked)
        items, count = self._pages[shape]
        values = asked.values
        offset = (page - 1) * limit if offset is None else offset
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
        return Page([self._item(row) for row in rows], total, offset, limit)

    async def list_after(
        self,
        cursor: str | None,
        *,
        limit: int = 10,
        sort_by: str | None = None,
        order: Order | None = None,
        filters: Mapping[str, object] | None = None,
        search: tuple[Sequence[str], str] | None = None,
        within: Within | None = None,
        counted: bool = False,
    ) -> Slice[Item]:
        """The items after a cursor, or the first; what comes before may grow meanwhile.

        Everything else is as in `list`. `counted` asks for the total as well. Raises
        BadRequest for a cursor that the same list has not given.
        """
        asked = self._asked(sort_by, order, filters, search, within)
        shape = asked.shape
        if shape not in self._slices:
            keyset = self._keyset(asked)
            self._slices[shape] = slices(self._columns(), keyset, asked)
        statements, values = self._slices[shape], asked.values
        total, offset = 0, 0
        if counted:
            found = await self.database.fetch(statements.count, values)
            total = cast(int, found[0][0])
        statement = statements.first
        this = (self.table, asked.sort_by, asked.order, values)
        if cursor:
            offset, place = place_of(cursor, this)
            after = statements.keyset.parameters(place)
            values = values | after
            statement = statements.after(valued="after_sort" in after)
        rows = await self.database.fetch(statement, values | {"limit": limit + 1})
        items = [self._item(row) for row in rows[:limit]]
        following = None
        if len(rows) > limit:
            following = cursor_of(offset + limit, rows[limit - 1][-2:], this)
        return Slice(items, total, offset, limit, following)

    async def create(
        self,
        values: Mapping[str, object],
        *,
        within: Within | None = None,
        session: AsyncSession | None = None,
    ) -> Item:
        """Store a new item; raises Conflict when a unique value is taken."""
        values = {**values, **self._placed(within)}
        if values.get(self.key) is None:
            values.pop(self.key, None)  # an empty key asks for a new one
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
        within: Within | None = None,
        session: AsyncSession | None = None,
    ) -> Item:
        """Change the given values only, the key never.

        Raises NotFound, Conflict, and PreconditionFailed when the request in hand is
        about an older state of the item.
        """
        fixed = {self.key, *(within or ())}
        async with self._session(session) as current:
            row = await self._load(current, key, within)
            for name, value in values.items():
                if name not in fixed:
                    setattr(row, name, _stored(value))
            await current.flush()
            condition = condition_on(self.table, key)
            if condition and condition.wanted:
                # as it is read again: the next condition is compared with that
                await current.refresh(row)
                condition.state = self._state(row)
            return self._item_of(row)

    async def delete(
        self,
        key: object,
        *,
        within: Within | None = None,
        session: AsyncSession | None = None,
    ) -> None:
        """Remove the item; raises NotFound, Conflict when others refer to it."""
        async with self._session(session) as current:
            await current.delete(await self._load(current, key, within))
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

    async def _load(
        self, session: AsyncSession, key: object, within: Within | None
    ) -> Row:
        """The row, locked until the transaction ends; raises PreconditionFailed."""
        values = self._placed(within) | {self.key: self._fitting(self.key, key)}
        statement = select(self.row).where(*equal(self.row, values))
        locked = statement.with_for_update()
        row = await session.scalar(locked, bound(values))
        if row is None:
            raise self._missing()
        if condition := condition_on(self.table, key):
            condition.check(self._state(row))
        return row

    def _state(self, row: Row) -> Sequence[object]:
        """What an item's entity tag is made of, for all repositories of its table."""
        return [getattr(row, name) for name in self.told]

    def _insertion(self, *, with_key: bool) -> Insertion:
        """The statement for new items; the database may count their keys up."""
        if with_key not in self._insertions:
            by_database = inspect(self.row).primary_key[0].default is None
            counted = self.key if by_database and not with_key else None
            self._insertions[with_key] = Insertion(self.row, self._columns(), counted)
        return self._insertions[with_key]

    def _asked(
        self,
        sort_by: str | None,
        order: Order | None,
        filters: Mapping[str, object] | None,
        search: tuple[Sequence[str], str] | None,
        within: Within | None,
    ) -> Asked:
        given = {k: v for k, v in (filters or {}).items() if v is not None}
        given |= self._placed(within)
        return Asked(*self._order(sort_by, order), given, *(search or ((), "")))

    def _keyset(self, asked: Asked) -> Keyset:
        sort, key = self._attribute(asked.sort_by), self._attribute(self.key)
        return Keyset(self.row, sort, key, asked.order)

    def _order(self, sort_by: str | None, order: Order | None) -> tuple[str, Order]:
        """The attribute to sort by and the direction; raises Unprocessable."""
        wanted = self.sort if sort_by is None else sort_by
        name, _, direction = wanted.lstrip("-+").partition(":")
        if sort_by is not None and name not in self.sortable:
            raise Unprocessable(f"Lists cannot be sorted by {name}")
        if wanted.startswith("-") or direction == "desc":
            order = "asc" if order == "asc" and sort_by is None else "desc"
        return self.sortable.get(name, name), order or "asc"

    def _placed(self, within: Within | None) -> dict[str, object]:
        """What the path says of an item, in the types of the columns."""
        given = within or {}
        return {name: self._fitting(name, value) for name, value in given.items()}

    def _fitting(self, name: str, value: object) -> object:
        """A part of a path in the type of its column; raises NotFound."""
        kind = self._kinds.get(name)
        if kind is None:
            kind = self._kinds[name] = self._attribute(name).type.python_type
        if isinstance(value, kind):
            return value
        try:
            fitting = kind(value)
        except (TypeError, ValueError) as error:
            raise self._missing() from error
        if isinstance(value, float) and fitting != value:
            raise self._missing()
        return fitting

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
