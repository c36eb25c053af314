"""SQLite while whole tables are filled, in any order of their references."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Table

from .errors import Conflict


@contextmanager
def loading(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Check the references when the tables are full; the connection checks none.

    Its transaction keeps other writers away. Raises Conflict for a reference that
    leads nowhere.
    """
    connection.begin()
    yield
    quote = connection.dialect.identifier_preparer.quote
    for table in tables:
        check = f"PRAGMA foreign_key_check({quote(table.name)})"
        if connection.exec_driver_sql(check).first():
            raise Conflict(f"A reference of {table.name} leads nowhere")
