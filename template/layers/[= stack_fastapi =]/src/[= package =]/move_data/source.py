"""Where rows come from: SQLite or PostgreSQL, read as it is at one moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from .refusals import Refused

FORMS: Final = "sqlite:///folder/name.sqlite3 or postgresql://USER:PASSWORD@HOST/NAME"
HERE: Final = ("", "localhost", "127.0.0.1", "::1")


def parsed(url: str) -> URL:
    """The URL in parts. Raises Refused, without repeating any of them."""
    try:
        source = make_url(url)
        if source.get_backend_name() in ("sqlite", "postgresql") and source.database:
            return source
    except (ArgumentError, ValueError):
        pass
    raise Refused(f"The source has to look like {FORMS}.")


def shown(url: str) -> str:
    """The URL as it may be printed: without password and options."""
    return make_url(url).set(query={}).render_as_string(hide_password=True)


def place(url: str) -> tuple[str, ...]:
    """What two URLs of one database have in common."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        return ("sqlite", str(Path(parts.database or "").resolve()))
    host = "localhost" if (parts.host or "") in HERE else str(parts.host)
    port = str(parts.port or 5432)
    return (parts.get_backend_name(), host, port, parts.database or "")


def is_missing(url: str) -> bool:
    """Whether it is the URL of a file that is not there yet."""
    parts = make_url(url)
    return (
        parts.get_backend_name() == "sqlite" and not Path(parts.database or "").exists()
    )


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection that reads one state of the database and cannot change it.

    Runs within `greenlet_spawn`. Raises Refused when the database cannot be opened.
    """
    engine = engine_of(parsed(url))
    try:
        connection = engine.connect()
    except Exception as error:
        cause = getattr(error, "orig", None) or error
        said = f"{type(cause).__name__}: {cause}"
        raise Refused(f"{shown(url)} cannot be opened: {said}") from error
    with connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def engine_of(url: URL) -> Engine:
    """An engine to read with: Python's own driver for SQLite, asyncpg for PostgreSQL.

    Raises Refused where asyncpg is not installed.
    """
    if url.get_backend_name() == "sqlite":
        return file_engine(Path(url.database or ""))
    try:
        return create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            poolclass=NullPool,
            hide_parameters=True,
        ).sync_engine
    except ModuleNotFoundError as error:
        raise Refused(
            "Reading PostgreSQL takes asyncpg, which this project does not use.\n"
            "Install it for the time being: .venv/bin/uv pip install asyncpg"
        ) from error


def file_engine(file: Path) -> Engine:
    """An engine that opens a SQLite file for reading only."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        connection.isolation_level = None
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def read_any_text(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        # bytes that are no UTF-8 are refused by their row, not by the whole query
        if isinstance(connection, sqlite3.Connection):
            connection.text_factory = as_text

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def as_text(stored: bytes) -> str:
    """A text, in which what is no UTF-8 is kept apart."""
    return stored.decode(errors="surrogateescape")
