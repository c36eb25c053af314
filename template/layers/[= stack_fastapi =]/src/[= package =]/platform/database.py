"""A database of one or more contexts: transactions to write, a short way to read."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from sqlalchemy import FromClause, Insert, Select, false, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import greenlet_spawn

from . import engine
from .errors import Conflict, Unavailable, Unprocessable
from .logging import get_logger

if TYPE_CHECKING:
    from ..settings import Settings

Processor = Callable[[object], object]
Statement = Select[Any] | Insert

QUERIES_KEPT: Final = 1000
MIGRATE: Final = f"python -m {__name__.partition('.')[0]}.migrate upgrade"
NO_ANSWER: Final = "The database does not answer"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PoolUse:
    """Connections: at most `size` of them, `in_use` right now."""

    size: int
    in_use: int


class DatabaseFailure(Exception):
    """What the driver said of a failure, without the values that it was about."""


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


class WriteWatcher(Protocol):
    """Told about what is written: by sessions of its class, and by single inserts."""

    @property
    def session_class(self) -> type[Session]: ...

    def committing(self, session: AsyncSession) -> AbstractAsyncContextManager[None]:
        """Stands around the commit of a transaction, while its rows are locked."""

    def inserting(self, statement: Insert) -> AbstractAsyncContextManager[None]:
        """Stands around an insert that is a transaction of its own."""


class Database:
    """One database URL: its engine and pool. Nothing connects before first use."""

    def __init__(self, url: str, settings: "Settings") -> None:
        self.engine = engine.create_engine(url, settings)
        self._ping_seconds = settings.database_connect_seconds
        self._queries: OrderedDict[Statement, Query] = OrderedDict()
        self._missing: set[FromClause] = set()
        self.watcher: WriteWatcher | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits at the end, or rolls back when an error passes.

        Raises Conflict for a broken unique key or reference, Unprocessable for a value
        that a column cannot hold or a rule of the table forbids, Unavailable when the
        database is out of reach or its tables are not there.
        """
        try:
            watcher = self.watcher
            kind = Session if watcher is None else watcher.session_class
            async with AsyncSession(
                self.engine, expire_on_commit=False, sync_session_class=kind
            ) as session:
                try:
                    yield session
                    if watcher is None:
                        await session.commit()
                    else:
                        await session.flush()
                        async with watcher.committing(session):
                            await session.commit()
                except asyncio.CancelledError:
                    # it was late, and a rollback may be as late as what it rolls back
                    await session.invalidate()
                    raise
        except Exception as error:
            raise_translated(error)

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
        if self.watcher is None:
            return await self._rows(statement, parameters, tries=1)
        async with self.watcher.inserting(statement):
            return await self._rows(statement, parameters, tries=1)

    def expect(self, table: FromClause) -> None:
        """State that requests need this table, with all of its columns."""
        self._missing.add(table)

    async def ping(self) -> None:
        """Return when the database answers, which may take as long as connecting.

        It is asked for the expected tables until they were there once. A pool whose
        connections are all in use is no failure: another one is opened to ask. Raises
        Unavailable.
        """
        use, tables = self.pool_use(), frozenset(self._missing)
        try:
            async with asyncio.timeout(self._ping_seconds):
                if use.in_use < use.size:
                    await self._run(self._question(tables), ())
                    self._missing -= tables
                else:
                    await self._connect_once()
        except Exception as error:
            raise_translated(error)

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
            rows = await self._run(query.sql, query.arguments(parameters), tries=tries)
        except Exception as error:
            raise_translated(error)
        return [query.row(row) for row in rows]

    async def _run(
        self, sql: str, arguments: Sequence[object], *, tries: int = 1
    ) -> Sequence[Sequence[object]]:
        while True:
            connection = await engine.take(self.engine)
            tries -= 1
            try:
                return await engine.fetch(connection.driver_connection, sql, arguments)
            except asyncio.CancelledError as error:
                # nobody waits for its answer, which may be on the way
                await greenlet_spawn(connection.invalidate, error)
                raise
            except Exception as error:
                if not engine.is_broken(error):
                    raise
                await greenlet_spawn(connection.invalidate, error)
                if not tries:
                    raise
            finally:
                await engine.give_back(connection)

    def _question(self, tables: Collection[FromClause]) -> str:
        """A query that fails where a table or a column is missing, and reads no row."""
        query: Select[Any] = select(literal_column("1"))
        for table in tables:
            rows = select(*table.columns).where(false())
            query = query.add_columns(rows.exists())
        return str(query.compile(dialect=self.engine.dialect))

    async def _connect_once(self) -> None:
        """Open a connection outside of the pool, and close it."""
        dialect = self.engine.dialect
        arguments, options = dialect.create_connect_args(self.engine.url)
        try:
            connection = await greenlet_spawn(dialect.connect, *arguments, **options)
        except Exception as error:
            # the pool would have taken the driver's error out of the dialect's
            raise error.__cause__ or error from None
        await greenlet_spawn(connection.close)

    def _query(self, statement: Statement) -> Query:
        query = self._queries.get(statement)
        if query is None:
            query = self._queries[statement] = Query(statement, self.engine)
            if len(self._queries) > QUERIES_KEPT:
                self._queries.popitem(last=False)
        return query


def raise_translated(error: Exception) -> NoReturn:
    """Raise what a client may see for an error of the database or its driver.

    Its cause, and what is raised where a client can do nothing, is a DatabaseFailure:
    unlike the driver's error it is fit for a log. Any other error is raised as it is.
    """
    if (said := engine.reason(error)) is None and not engine.is_invalid(error):
        raise error
    is_unmigrated = engine.is_unmigrated(error)
    hint = f"; tables are not up to date: {MIGRATE}" if is_unmigrated else ""
    failure = DatabaseFailure(f"{said or type(error).__name__}{hint}")
    failure.__traceback__ = error.__traceback__
    if engine.is_conflict(error):
        raise Conflict("It clashes with what is stored already") from failure
    if engine.is_against_rule(error):
        # perhaps it is the code that should have known
        log.warning("table_rule_broken", reason=said)
        message = "A value is missing or against a rule of its table"
        raise Unprocessable(message) from failure
    if engine.is_invalid(error):
        message = "A value is out of range or cannot be stored"
        raise Unprocessable(message) from failure
    if is_unmigrated or engine.is_unavailable(error):
        headers = {"Retry-After": "1"}
        message = "The database is not ready" if is_unmigrated else NO_ANSWER
        raise Unavailable(message, headers=headers) from failure
    raise failure from None
