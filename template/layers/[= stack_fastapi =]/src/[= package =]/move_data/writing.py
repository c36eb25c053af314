"""Rows into a table; those that the database refuses are looked into one by one."""

from collections.abc import Sequence

from sqlalchemy import Connection, Insert, Table, insert, select, table, text
from sqlalchemy import column as plain_column
from sqlalchemy.exc import StatementError

from ..platform import engine
from .reading import Row, key_of, plain_table
from .refusals import RefusedRows
from .values import Kinds

PROBE = "move_data_probe"


class Writer:
    """Writes rows of one table, in the transaction of a connection."""

    def __init__(
        self, model: Table, kinds: Kinds, target: Connection, refused: RefusedRows
    ) -> None:
        self.model = model
        self.kinds = kinds
        self.target = target
        self.refused = refused
        self._insert = insert(plain_table(model, kinds))
        self._has_probe = False

    def write(self, rows: Sequence[Row]) -> None:
        """Write all rows, or all but those that are refused."""
        if not rows or self._try(self._insert, rows) is None:
            return
        for row in rows:
            if error := self._try(self._insert, [row]):
                self._refuse(row, error)

    def _refuse(self, row: Row, error: Exception) -> None:
        key = key_of(self.model, row)
        if self.refused.is_full:
            self.refused.count += 1
            return
        at_fault = {
            name: said
            for name, value in row.items()
            if (said := self._try(self._probe(name), [{name: value}]))
        }
        for name, said in at_fault.items():
            self.refused.add(self.model.name, key, name, reason(said))
        if not at_fault:
            self.refused.add(self.model.name, key, None, reason(error))

    def _probe(self, name: str) -> Insert:
        """Writes one column alone, to a table with its type and no other rule."""
        if not self._has_probe:
            columns = select(plain_table(self.model)).limit(0)
            query = columns.compile(self.target, compile_kwargs={"literal_binds": True})
            self.target.execute(text(f"DROP TABLE IF EXISTS {PROBE}"))
            self.target.execute(text(f"CREATE TEMPORARY TABLE {PROBE} AS {query}"))
            self._has_probe = True
        return insert(table(PROBE, plain_column(name, self.kinds[name])))

    def _try(self, statement: Insert, rows: Sequence[Row]) -> Exception | None:
        """What the database says against it; None when it was done."""
        try:
            with self.target.begin_nested():
                self.target.execute(statement, rows)
        except Exception as error:
            if engine.is_unavailable(error):
                raise
            return error
        return None


def reason(error: Exception) -> str:
    """What was said of a value, without the value."""
    cause = error.orig if isinstance(error, StatementError) else error
    return engine.reason(error) or f"cannot be stored ({type(cause).__name__})"
