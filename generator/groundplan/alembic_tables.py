"""Whole tables as calls of Alembic."""

from .python_text import literal
from .tables import StoredColumn, StoredTable

_TYPES = {
    "string": "sa.String",
    "text": "sa.Text",
    "integer": "sa.BigInteger",
    "number": "sa.Double",
    "boolean": "sa.Boolean",
    "uuid": "sa.Uuid",
    "date": "sa.Date",
}
_DOCUMENT = (
    "sa.JSON(none_as_null=True).with_variant("
    'postgresql.JSONB(none_as_null=True), "postgresql")'
)


def sql_type(column: StoredColumn) -> str:
    """The type of a column, for both databases and without the project's own types."""
    kind = column.type.kind
    size = ", ".join(map(str, column.type.size))
    if column.counted:
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    if kind == "decimal":
        return f"sa.Numeric({size}).with_variant(sa.BigInteger(), 'sqlite')"
    if kind == "date-time":
        return "sa.DateTime(timezone=True)"
    return f"{_TYPES[kind]}({size})" if kind in _TYPES else _DOCUMENT


def column_text(column: StoredColumn) -> str:
    """A column of a new table."""
    text = added_column(column, column.name, nullable=column.nullable)
    return f"{text[:-1]}, autoincrement=True)" if column.counted else text


def added_column(column: StoredColumn, name: str, *, nullable: bool) -> str:
    """A column for a table that exists."""
    return f"sa.Column({literal(name)}, {sql_type(column)}, nullable={nullable})"


def key_name(table: StoredTable) -> str:
    """The name of a table's primary key, as the models' naming convention has it."""
    return f"op.f({literal(f'pk_{table.name}')})"


def unique_name(table: StoredTable, column: StoredColumn) -> str:
    """The name of the constraint of a unique column."""
    return f"op.f({literal(f'uq_{table.name}_{column.name}')})"


def index_name(table: StoredTable, column: StoredColumn) -> str:
    """The name of the index of a column."""
    return f"op.f({literal(f'ix_{table.name}_{column.name}')})"


def create_table(table: StoredTable) -> list[str]:
    """The statements that make a table with its indexes."""
    parts = [literal(table.name), *map(column_text, table.columns)]
    keys = ", ".join(literal(column.name) for column in table.columns if column.key)
    parts.append(f"sa.PrimaryKeyConstraint({keys}, name={key_name(table)})")
    for column in table.columns:
        if column.unique:
            name = unique_name(table, column)
            parts.append(f"sa.UniqueConstraint({literal(column.name)}, name={name})")
    lines = [f"op.create_table({', '.join(parts)})"]
    return lines + [create_index(table, c) for c in table.columns if c.index]


def drop_table(table: StoredTable) -> list[str]:
    """The statements that take a table away."""
    indexed = [column for column in reversed(table.columns) if column.index]
    lines = [drop_index(table, column) for column in indexed]
    return [*lines, f"op.drop_table({literal(table.name)})"]


def create_index(table: StoredTable, column: StoredColumn) -> str:
    """The statement that indexes a column."""
    return (
        f"op.create_index({index_name(table, column)}, {literal(table.name)}, "
        f"[{literal(column.name)}])"
    )


def drop_index(table: StoredTable, column: StoredColumn) -> str:
    """The statement that takes the index of a column away."""
    name = index_name(table, column)
    return f"op.drop_index({name}, table_name={literal(table.name)})"
