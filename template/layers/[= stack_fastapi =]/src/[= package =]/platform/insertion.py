"""A new row by one statement of its own, past the ORM's unit of work."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Column, Insert, Table, bindparam, inspect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute


class Insertion:
    """INSERT ... RETURNING for one table, with every column in it.

    There is one statement for all rows: what is not given gets the column's default
    or NULL. A key that the database counts up is left out unless it is given.
    """

    def __init__(
        self,
        row: type[DeclarativeBase],
        returned: Sequence[InstrumentedAttribute[Any]],
        counted: str | None,
    ) -> None:
        columns = {a.key: a.columns[0] for a in inspect(row).column_attrs}
        self.columns: dict[str, Column[Any]] = {
            name: column
            for name, column in columns.items()
            if name != counted and isinstance(column, Column)
        }
        table = cast(Table, inspect(row).local_table)
        self.statement = (
            Insert(table)
            .values(
                {
                    column.name: bindparam(f"new_{name}", type_=column.type)
                    for name, column in self.columns.items()
                }
            )
            .returning(*returned)
        )

    def parameters(self, values: Mapping[str, object]) -> dict[str, object]:
        """The statement's parameters for a row; raises TypeError for unknown names."""
        if unknown := values.keys() - self.columns.keys():
            raise TypeError(f"no such columns: {', '.join(sorted(unknown))}")
        return {
            f"new_{name}": values[name] if name in values else _default(column)
            for name, column in self.columns.items()
        }


def _default(column: Column[Any]) -> object:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg
