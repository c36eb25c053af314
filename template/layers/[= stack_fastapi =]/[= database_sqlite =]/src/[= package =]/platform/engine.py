"""SQLite by aiosqlite: the engine, the hot read, and what its errors mean.

Write-ahead logging lets readers go on beside the one writer; every transaction begins
as a writing one, so that two of them queue up instead of losing an update.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aiosqlite
import orjson
from pydantic_core import to_json
from sqlalchemy import Connection, Dialect, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only, greenlet_spawn

if TYPE_CHECKING:
    from ..settings import Settings

BUSY_SECONDS = 5
CONFLICTS = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_TRIGGER,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)
BROKEN_RULES = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_CHECK, sqlite3.SQLITE_CONSTRAINT_NOTNULL}
)
# there is no code for it
UNMIGRATED = re.compile(r"no such (table|column)|table \S+ has no column")
# the file is not what was opened any more
BROKEN = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)
UNAVAILABLE = BROKEN | {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_LOCKED,
}


def create_engine(url: str, settings: "Settings") -> AsyncEngine:
    """An engine with a pool as the settings size it; opens the file on first use."""
    engine = create_async_engine(
        url,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.database_pool_wait_seconds,
        connect_args={"timeout": min(BUSY_SECONDS, settings.request_timeout_seconds)},
        hide_parameters=True,
        json_serializer=lambda value: to_json(value, by_alias=True).decode(),
        json_deserializer=parse_json,
    )
    begin_as_writer(engine)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def give_up(
        connection: DBAPIConnection,
        entry: ConnectionPoolEntry,
        error: BaseException | None,
    ) -> None:
        # closing alone waits for a statement that nobody waits for any more, and
        # leaves the lock to the garbage collector
        driver = cast(aiosqlite.Connection, entry.driver_connection)
        with suppress(sqlite3.Error, ValueError):
            await_only(driver.interrupt())
            await_only(driver.rollback())

    return engine


def parse_json(stored: str | int | float) -> object:
    """A document; SQLite keeps one that is a number as that number."""
    return orjson.loads(stored) if isinstance(stored, str) else stored


def create_migration_engine(url: str) -> AsyncEngine:
    """An engine to change tables with.

    References are not enforced meanwhile: SQLite changes a table by copying it.
    """
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
    )
    begin_as_writer(engine)
    return engine


def begin_as_writer(engine: AsyncEngine) -> None:
    """Begin every transaction with the lock that writing needs."""
    file = engine.url.database

    @event.listens_for(engine.sync_engine, "do_connect")
    def make_folder(*arguments: object) -> None:
        if file:
            Path(file).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine.sync_engine, "connect")
    def leave_begin_to_us(connection: Any, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def take(engine: AsyncEngine) -> PoolProxiedConnection:
    """A connection out of the pool."""
    return await engine.raw_connection()


async def give_back(connection: PoolProxiedConnection) -> None:
    """Put a connection back; what was begun on it is rolled back."""
    await greenlet_spawn(connection.close)


async def fetch(
    connection: object, sql: str, arguments: Sequence[object]
) -> Sequence[Sequence[object]]:
    """Rows of a query on the driver's connection, past SQLAlchemy."""
    driver = cast(aiosqlite.Connection, connection)
    return cast(
        Sequence[Sequence[object]], await driver.execute_fetchall(sql, arguments)
    )


def result_processor(
    kind: TypeEngine[Any], dialect: Dialect
) -> Callable[[object], object] | None:
    """What makes the driver's value the type's value; None if it already is."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def is_conflict(error: BaseException) -> bool:
    """Whether a unique key or a reference forbids the write."""
    return _code(error) in CONFLICTS


def is_against_rule(error: BaseException) -> bool:
    """Whether a value is missing that the table needs, or a check forbids it."""
    return _code(error) in BROKEN_RULES


def is_unmigrated(error: BaseException) -> bool:
    """Whether a table or a column is missing."""
    cause = _cause(error)
    return isinstance(cause, sqlite3.OperationalError) and bool(
        UNMIGRATED.match(str(cause))
    )


def is_invalid(error: BaseException) -> bool:
    """Whether the database cannot hold or read a value as it was given."""
    cause = _cause(error)
    return isinstance(cause, OverflowError | UnicodeEncodeError | sqlite3.DataError)


def is_broken(error: BaseException) -> bool:
    """Whether the connection is of no use any more; another one may do."""
    return _primary_code(error) in BROKEN


def is_unavailable(error: BaseException) -> bool:
    """Whether the file is locked, full or out of reach; another try may succeed."""
    if isinstance(error, PoolTimeout | OSError):
        return True
    return _primary_code(error) in UNAVAILABLE


def reason(error: BaseException) -> str | None:
    """What the driver or the pool said, without values; None of any other error."""
    cause = _cause(error)
    if isinstance(error, DBAPIError | PoolTimeout) or isinstance(
        cause, OSError | sqlite3.Error
    ):
        return f"{type(cause).__name__}: {cause}"
    return None


def _cause(error: BaseException) -> BaseException:
    """The driver's own error under SQLAlchemy's wrapping."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig
    return error


def _code(error: BaseException) -> int:
    return getattr(_cause(error), "sqlite_errorcode", 0)


def _primary_code(error: BaseException) -> int:
    """The low byte; the rest says more about it."""
    return _code(error) & 0xFF
