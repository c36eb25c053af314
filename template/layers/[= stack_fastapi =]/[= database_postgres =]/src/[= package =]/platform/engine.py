"""PostgreSQL by asyncpg: the engine, the hot read, and what its errors mean."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import asyncpg  # type: ignore[import-untyped]
import orjson
from pydantic_core import to_json
from sqlalchemy import Dialect, Float, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection
from sqlalchemy.types import TypeEngine

from .columns import UtcDateTime

if TYPE_CHECKING:
    from ..settings import Settings

CONFLICTS = frozenset({"23503", "23505", "23P01"})
UNAVAILABLE = ("08", "53", "57P", "40001", "40P01", "55P03", "28", "3D000")
OID_OF_FLOAT8 = 701
OID_OF_NUMERIC = 1700


def create_engine(url: str, settings: "Settings") -> AsyncEngine:
    """An engine with a pool as the settings size it; connects on first use."""
    engine = create_async_engine(
        url,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.database_pool_wait_seconds,
        connect_args={"timeout": settings.database_connect_seconds},
        json_serializer=lambda value: to_json(value, by_alias=True).decode(),
        json_deserializer=orjson.loads,
    )
    replace_stale_connections(engine, settings.database_pool_idle_seconds)
    return engine


def create_migration_engine(url: str) -> AsyncEngine:
    """An engine to change tables with."""
    return create_async_engine(url, poolclass=NullPool)


def replace_stale_connections(engine: AsyncEngine, idle_seconds: float) -> None:
    """Reconnect at checkout what the server closed or what was idle for too long.

    It costs no round trip, which a ping before each use would.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def note_idle_since(
        connection: DBAPIConnection | None, entry: ConnectionPoolEntry
    ) -> None:
        entry.info["idle_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def refuse_stale(
        connection: DBAPIConnection,
        entry: ConnectionPoolEntry,
        proxy: PoolProxiedConnection,
    ) -> None:
        idle_since = entry.info.pop("idle_since", None)
        idle = idle_since is not None and time.monotonic() - idle_since > idle_seconds
        if idle or cast(Any, entry.driver_connection).is_closed():
            raise DisconnectionError


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


def is_invalid(error: BaseException) -> bool:
    """Whether the database cannot hold or read a value as it was given."""
    cause = _cause(error)
    if isinstance(cause, asyncpg.InterfaceError):
        # the client's own refusal of an argument is both
        return isinstance(cause, ValueError)
    return isinstance(cause, OverflowError) or _sqlstate(error).startswith("22")


def is_unavailable(error: BaseException) -> bool:
    """Whether the server or the way to it failed; another try may succeed."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = _cause(error)
    # a connection that dies in mid-query may only notice by its own confusion
    if isinstance(cause, PoolTimeout | OSError | asyncpg.InternalClientError):
        return True
    if isinstance(cause, asyncpg.InterfaceError):
        return not isinstance(cause, ValueError)
    return _sqlstate(error).startswith(UNAVAILABLE)


def _cause(error: BaseException) -> BaseException:
    """The driver's own error under SQLAlchemy's wrapping."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def _sqlstate(error: BaseException) -> str:
    return getattr(_cause(error), "sqlstate", None) or ""
