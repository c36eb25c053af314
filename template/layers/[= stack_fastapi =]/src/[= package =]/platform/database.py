"""A database of one or more contexts: transactions to write, a short way to read."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Insert, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import greenlet_spawn

from . import engine
from .errors import AppError, Conflict, Unavailable, Unprocessable

if TYPE_CHECKING:
    from ..settings import Settings

Processor = Callable[[object], object]
Statement = Select[Any] | Insert

QUERIES_KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Connections: at most `size` of them, `in_use` right now."""

    size: int
    in_use: int


class Query:
    """A statement compiled for one database, with its types' processors."""

    def __init__(self, statement: Statement, target: AsyncEngine) -> None:
        dialect = target.dialect
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        if "__[POSTCOMPILE" in self.sql:
            raise ValueError("a list of values (IN) needs a session: transaction()")
        self.defaults = compiled.params
        self.binds: list[tuple[str, Processor | None]] = [
            (
                name,
                compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect),
            )
            for name in getattr(compiled, "positiontup", None) or ()
        ]
        self.results: list[tuple[int, Processor]] = [
            (index, processor)
            for index, column in enumerate(statement.exported_columns)
            if (processor := engine.result_processor(column.type, dialect))
        ]

    def arguments(self, parameters: Mapping[str, object]) -> list[object]:
        """The driver's positional arguments; gaps get the statement's own values."""
        values = []
        for name, processor in self.binds:
            value = parameters[name] if name in parameters else self.defaults[name]
            values.append(value if processor is None else processor(value))
        return values

    def row(self, raw: Sequence[object]) -> list[object]:
        """A driver's row in the types of its columns."""
        values = list(raw)
        for index, processor in self.results:
            if values[index] is not None:
                values[index] = processor(values[index])
        return values


class Database:
    """One database URL: its engine and pool. Nothing connects before first use."""

    def __init__(self, url: str, settings: "Settings") -> None:
        self.engine = engine.create_engine(url, settings)
        self._queries: OrderedDict[Statement, Query] = OrderedDict()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits at the end, or rolls back when an error passes.

        Raises Conflict for a broken unique key or reference, Unprocessable for a value
        that a column cannot hold, Unavailable when the database is out of reach.
        """
        try:
            async with (
                AsyncSession(self.engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except Exception as error:
            if (translated := translate(error)) is None:
                raise
            raise translated from error

    async def fetch(
        self, statement: Select[Any], parameters: Mapping[str, object]
    ) -> list[list[object]]:
        """Rows of a SELECT, read on the driver's connection outside a transaction.

        The statement is compiled when it is first seen: keep it, and pass what varies
        as `bindparam`. A read that a broken connection ended is tried once more.
        """
        return await self._rows(statement, parameters, tries=2)

    async def write(
        self, statement: Insert, parameters: Mapping[str, object]
    ) -> list[list[object]]:
        """Rows that an INSERT ... RETURNING gives back, as a transaction of its own.

        It is never tried again: a broken connection does not say whether it was done.
        Raises what `transaction` raises.
        """
        return await self._rows(statement, parameters, tries=1)

    async def ping(self) -> None:
        """Return when the database answers; raises Unavailable otherwise."""
        await self.fetch(PING, {})

    def pool_use(self) -> PoolUse:
        """How much of the pool is taken."""
        pool = self.engine.pool
        if not isinstance(pool, QueuePool):
            return PoolUse(size=1, in_use=0)
        return PoolUse(size=pool.size(), in_use=pool.checkedout())

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def _rows(
        self, statement: Statement, parameters: Mapping[str, object], *, tries: int
    ) -> list[list[object]]:
        query = self._query(statement)
        try:
            arguments = query.arguments(parameters)
            while True:
                tries -= 1
                try:
                    rows = await self._run(query.sql, arguments)
                    break
                except Exception as error:
                    if not (tries and engine.is_unavailable(error)):
                        raise
        except Exception as error:
            if (translated := translate(error)) is None:
                raise
            raise translated from error
        return [query.row(row) for row in rows]

    async def _run(
        self, sql: str, arguments: Sequence[object]
    ) -> Sequence[Sequence[object]]:
        connection = await self.engine.raw_connection()
        try:
            return await engine.fetch(connection.driver_connection, sql, arguments)
        except Exception as error:
            if engine.is_unavailable(error):
                await greenlet_spawn(connection.invalidate, error)
            raise
        finally:
            await greenlet_spawn(connection.close)

    def _query(self, statement: Statement) -> Query:
        query = self._queries.get(statement)
        if query is None:
            query = self._queries[statement] = Query(statement, self.engine)
            if len(self._queries) > QUERIES_KEPT:
                self._queries.popitem(last=False)
        return query


PING: Final[Select[Any]] = select(literal_column("1"))


def translate(error: BaseException) -> AppError | None:
    """The error that a client may see for one of the database or its driver."""
    if engine.is_conflict(error):
        return Conflict("It clashes with what is stored already")
    if engine.is_invalid(error):
        return Unprocessable("A value is out of range or cannot be stored")
    if engine.is_unavailable(error):
        return Unavailable("The database does not answer", headers={"Retry-After": "1"})
    return None
