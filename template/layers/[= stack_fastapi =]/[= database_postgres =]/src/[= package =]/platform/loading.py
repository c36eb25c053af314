"""PostgreSQL while whole tables are filled, in any order of their references."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Integer, Table, func, inspect, select

LOCK_SECONDS = 10


@contextmanager
def loading(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Keep other writers away, check references and set sequences at the end.

    All of it belongs to the transaction, also that references can wait.
    """
    prepare = connection.dialect.identifier_preparer
    names = [prepare.format_table(table) for table in tables]
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    if names:
        lock = f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE"
        connection.exec_driver_sql(lock)
    references = [
        f"ALTER TABLE {name} ALTER CONSTRAINT {prepare.quote(reference)}"
        for name, table in zip(names, tables, strict=True)
        for reference in strict_references(connection, table)
    ]
    for reference in references:
        connection.exec_driver_sql(f"{reference} DEFERRABLE")
    connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for reference in references:
        connection.exec_driver_sql(f"{reference} NOT DEFERRABLE")
    for table in tables:
        set_sequences(connection, table)


def strict_references(connection: Connection, table: Table) -> list[str]:
    """The foreign keys that are checked after each statement, by name."""
    found = inspect(connection).get_foreign_keys(table.name, table.schema)
    return [
        str(reference["name"])
        for reference in found
        if not reference["options"].get("deferrable")
    ]


def set_sequences(connection: Connection, table: Table) -> None:
    """Let the columns that count up go on after the largest number."""
    name = connection.dialect.identifier_preparer.format_table(table)
    for column in table.columns:
        if not isinstance(column.type, Integer):
            continue
        owned = select(func.pg_get_serial_sequence(name, column.name))
        sequence = connection.scalar(owned)
        largest = connection.scalar(select(func.max(column)))
        if sequence and largest and largest > 0:
            connection.execute(select(func.setval(sequence, largest)))
