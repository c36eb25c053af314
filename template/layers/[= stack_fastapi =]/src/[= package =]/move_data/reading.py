"""Rows as they are stored, batch by batch, in the types of the model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Table,
    and_,
    column,
    exists,
    literal_column,
    select,
    table,
)
from sqlalchemy.sql.expression import TableClause

from .refusals import RefusedRows
from .values import WRONG_VALUE, Convert, Kinds, reader, stored_value

BATCH: Final = 1000

Row = dict[str, object]


def stored_columns(model: Table) -> list[Column[object]]:
    """The columns that are written; the database computes the others."""
    return [one for one in model.columns if one.computed is None]


def plain_table(model: Table, kinds: Kinds | None = None) -> TableClause:
    """The table without what the model adds to a write, such as defaults."""
    columns = [
        column(one.name, kinds[one.name] if kinds else None)
        for one in stored_columns(model)
    ]
    return table(model.name, *columns, schema=model.schema)


def key_of(model: Table, row: Mapping[str, object]) -> str:
    """The primary key of a row, as people write it."""
    return ", ".join(str(row[one.name]) for one in model.primary_key) or "no key"


def batches(
    model: Table, kinds: Kinds, connection: Connection, refused: RefusedRows
) -> Iterator[list[Row]]:
    """All rows; those with a value that its type cannot read are refused instead."""
    dialect = connection.dialect
    values = [stored_value(name, kind, dialect) for name, kind in kinds.items()]
    result = connection.execute(
        select(*values).select_from(plain_table(model)),
        execution_options={"yield_per": BATCH},
    )
    # what drivers say of a column: some types read by it
    codes = [entry[1] for entry in result.cursor.description]
    readers = [
        (name, read)
        for (name, kind), code in zip(kinds.items(), codes, strict=True)
        if (read := reader(kind, dialect, code))
    ]
    for partition in result.partitions():
        rows = [dict(zip(kinds, raw, strict=True)) for raw in partition]
        yield [row for row in rows if _read(model, row, readers, refused)]


def _read(
    model: Table,
    row: Row,
    readers: Sequence[tuple[str, Convert]],
    refused: RefusedRows,
) -> bool:
    """Convert the values of a row in place; False where one cannot be read."""
    wrong = []
    for name, read in readers:
        if row[name] is None:
            continue
        try:
            row[name] = read(row[name])
        except WRONG_VALUE:
            wrong.append(name)
    for name in wrong:
        kind = type(model.c[name].type).__name__
        refused.add(model.name, key_of(model, row), name, f"cannot be read as {kind}")
    return not wrong


def check_references(
    model: Table, connection: Connection, refused: RefusedRows
) -> None:
    """Refuse the rows that refer to what is not there."""
    child = plain_table(model)
    keys = [child.c[one.name] for one in model.primary_key]
    for reference in model.foreign_key_constraints:
        parent = plain_table(reference.referred_table).alias()
        pairs = [
            (child.c[one.parent.name], parent.c[one.column.name])
            for one in reference.elements
        ]
        lost = and_(
            *(mine.is_not(None) for mine, _ in pairs),
            ~exists().where(*(mine == theirs for mine, theirs in pairs)),
        )
        found = connection.execute(
            select(*(keys or [literal_column("1")])).where(lost),
            execution_options={"yield_per": BATCH},
        )
        names = ", ".join(mine.name for mine, _ in pairs)
        said = f"refers to nothing in {reference.referred_table.name}"
        for raw in found:
            row = dict(zip((one.name for one in keys), raw, strict=False))
            refused.add(model.name, key_of(model, row), names, said)
