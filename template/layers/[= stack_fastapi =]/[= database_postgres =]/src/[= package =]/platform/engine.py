"""PostgreSQL by asyncpg: the engine, the hot read, and what its errors mean."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import asyncpg  # type: ignore[import-untyped]
import orjson
from pydantic_core import to_json
from sqlalchemy import Dialect, Float, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, MissingGreenlet
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import (
    ConnectionPoolEntry,
    NullPool,
    PoolProxiedConnection,
    QueuePool,
)
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only
from sqlalchemy.util.concurrency import in_greenlet

from .columns import UtcDateTime

if TYPE_CHECKING:
    from ..settings import Settings

CONFLICTS = frozenset({"23001", "23503", "23505", "23P01"})
BROKEN_RULES = frozenset({"23502", "23514"})
# tables or columns of the model are not there
UNMIGRATED = frozenset({"42P01", "42703"})
# the connection is of no use any more: it failed, the server ends, it only reads now
BROKEN = ("08", "57P", "25006")
UNAVAILABLE = (*BROKEN, "28", "3D000", "40001", "40P01", "53", "55P03", "57014")
# the texts of these repeat the value that they are about
INVALID = "22"
# any number that nothing else in the database locks
MIGRATION_LOCK = 0x6D696772
# how long a statement that nobody waits for any more may take to be cancelled
CANCEL_SECONDS = 0.2
OID_OF_FLOAT8 = 701
OID_OF_NUMERIC = 1700


def create_engine(url: str, settings: "Settings") -> AsyncEngine:
    """An engine with a pool as the settings size it; connects on first use."""
    engine = create_async_engine(
        url,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.database_pool_wait_seconds,
        # what is in use least is left idle, and closed
        pool_use_lifo=True,
        connect_args={"timeout": settings.database_connect_seconds},
        hide_parameters=True,
        json_serializer=lambda value: to_json(value, by_alias=True).decode(),
        json_deserializer=orjson.loads,
    )
    close_idle_connections(engine, settings.database_pool_idle_seconds)
    part_with_broken_connections(engine)
    open_where_waiting_is_possible(engine)
    return engine


def create_migration_engine(url: str) -> AsyncEngine:
    """An engine to change tables with, by one process at a time."""
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def wait_turn(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # the lock is the connection's: it ends with it
        cursor.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        cursor.close()

    return engine


def close_idle_connections(engine: AsyncEngine, idle_seconds: float) -> None:
    """Close what nobody used for so long, and replace at checkout what is closed.

    It costs no round trip, which a ping before each use would.
    """
    idle: dict[ConnectionPoolEntry, float] = {}
    timer: asyncio.TimerHandle | None = None

    @event.listens_for(engine.sync_engine, "checkin")
    def note_idle_since(
        connection: DBAPIConnection | None, entry: ConnectionPoolEntry
    ) -> None:
        nonlocal timer
        if connection is None:
            return
        idle[entry] = time.monotonic()
        if timer is None:
            timer = asyncio.get_running_loop().call_later(idle_seconds, close_idle)

    @event.listens_for(engine.sync_engine, "checkout")
    def refuse_stale(
        connection: DBAPIConnection,
        entry: ConnectionPoolEntry,
        proxy: PoolProxiedConnection,
    ) -> None:
        since = idle.pop(entry, None)
        is_stale = since is not None and time.monotonic() - since > idle_seconds
        if is_stale or cast(Any, entry.driver_connection).is_closed():
            raise DisconnectionError

    def close_idle() -> None:
        nonlocal timer
        now = time.monotonic()
        for entry in [key for key, at in idle.items() if now - at >= idle_seconds]:
            del idle[entry]
            terminate(entry)
        timer = None
        if idle:
            wait = min(idle.values()) + idle_seconds - now
            timer = asyncio.get_running_loop().call_later(wait, close_idle)


def part_with_broken_connections(engine: AsyncEngine) -> None:
    """Give up what cannot be used again, without waiting for a frozen server."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def tell_broken(failure: ExceptionContext) -> None:
        if is_broken(failure.sqlalchemy_exception or failure.original_exception):
            failure.is_disconnect = True

    @event.listens_for(engine.sync_engine, "invalidate")
    def give_up(
        connection: DBAPIConnection,
        entry: ConnectionPoolEntry,
        error: BaseException | None,
    ) -> None:
        if isinstance(error, asyncio.CancelledError):
            with suppress(TimeoutError, OSError, asyncpg.PostgresError):
                driver = cast(Any, entry.driver_connection)
                await_only(driver.close(timeout=CANCEL_SECONDS))
        terminate(entry)


def open_where_waiting_is_possible(engine: AsyncEngine) -> None:
    """Tell `take` that a connection has to be opened, before anything is begun."""

    @event.listens_for(engine.sync_engine, "do_connect")
    def refuse(*arguments: object) -> None:
        if not in_greenlet():
            raise MissingGreenlet


def terminate(entry: ConnectionPoolEntry) -> None:
    """Close a connection without waiting for the server, which may be frozen."""
    if (driver := cast(Any, entry.driver_connection)) is not None:
        driver.terminate()


async def take(engine: AsyncEngine) -> PoolProxiedConnection:
    """A connection out of the pool; one that is idle costs no greenlet."""
    pool = cast(QueuePool, engine.pool)
    if pool.checkedin():
        # where it has to be opened anew after all, the pool keeps its place
        with suppress(MissingGreenlet):
            return pool.connect()
    return await engine.raw_connection()


async def give_back(connection: PoolProxiedConnection) -> None:
    """Put a connection back on which SQLAlchemy has begun nothing."""
    connection.close()


async def fetch(
    connection: object, sql: str, arguments: Sequence[object]
) -> Sequence[Sequence[object]]:
    """Rows of a query on the driver's connection, past SQLAlchemy."""
    driver: Any = connection
    return cast(Sequence[Sequence[object]], await driver.fetch(sql, *arguments))


def result_processor(
    kind: TypeEngine[Any], dialect: Dialect
) -> Callable[[object], object] | None:
    """What makes the driver's value the type's value; None if it already is."""
    if isinstance(kind, UtcDateTime):
        # asyncpg gives moments in UTC
        return None
    impl = kind.dialect_impl(dialect)
    oid = OID_OF_FLOAT8 if isinstance(impl, Float) else OID_OF_NUMERIC
    return impl.result_processor(dialect, oid)


def is_conflict(error: BaseException) -> bool:
    """Whether a unique key or a reference forbids the write."""
    return _sqlstate(error) in CONFLICTS


def is_against_rule(error: BaseException) -> bool:
    """Whether a value is missing that the table needs, or a check forbids it."""
    return _sqlstate(error) in BROKEN_RULES


def is_unmigrated(error: BaseException) -> bool:
    """Whether a table or a column is missing."""
    return _sqlstate(error) in UNMIGRATED


def is_invalid(error: BaseException) -> bool:
    """Whether the database cannot hold or read a value as it was given."""
    cause = _cause(error)
    if isinstance(cause, asyncpg.InterfaceError):
        # the client's own refusal of an argument is both
        return isinstance(cause, ValueError)
    return isinstance(cause, OverflowError) or _sqlstate(error).startswith(INVALID)


def is_broken(error: BaseException) -> bool:
    """Whether the connection is gone, or of no use any more; another one may do."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = _cause(error)
    # a connection that dies in mid-query may only notice by its own confusion
    if isinstance(cause, OSError | asyncpg.InternalClientError):
        return True
    if isinstance(cause, asyncpg.InterfaceError):
        return not isinstance(cause, ValueError)
    return _sqlstate(error).startswith(BROKEN)


def is_unavailable(error: BaseException) -> bool:
    """Whether the server or the way to it failed; another try may succeed."""
    # tables that changed meanwhile make a prepared statement void
    void = asyncpg.InvalidCachedStatementError
    return (
        isinstance(_cause(error), PoolTimeout | void)
        or is_broken(error)
        or _sqlstate(error).startswith(UNAVAILABLE)
    )


def reason(error: BaseException) -> str | None:
    """What the driver or the pool said, without values; None of any other error."""
    cause = _cause(error)
    name = type(cause).__name__
    if isinstance(cause, asyncpg.PostgresError):
        # DETAIL holds rows
        text = "" if _sqlstate(error).startswith(INVALID) else f": {cause.args[0]}"
        return f"{name} ({cause.sqlstate}){text}"
    if isinstance(cause, asyncpg.InterfaceError) and isinstance(cause, ValueError):
        return name
    if isinstance(error, DBAPIError | PoolTimeout) or isinstance(
        cause, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError
    ):
        return f"{name}: {cause}"
    return None


def _cause(error: BaseException) -> BaseException:
    """The driver's own error under SQLAlchemy's wrapping."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def _sqlstate(error: BaseException) -> str:
    return getattr(_cause(error), "sqlstate", None) or ""
