"""Copies rows, table by table, and lets them be seen when all are there."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from ..platform.engine import create_migration_engine
from ..platform.loading import loading
from .planning import Plan, refuse_rows
from .reading import batches, check_references, stored_columns
from .refusals import Refused, RefusedRows
from .source import snapshot
from .values import Digest, Kinds, moved_type
from .writing import Writer

Tell = Callable[[str, int], None]
"""Is told, after each batch, the table and how many rows of it were written."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A table with the number and the checksum of its rows, the same in both."""

    table: str
    rows: int
    checksum: str


def move(plan: Plan, tell: Tell) -> list[Moved]:
    """Copy all rows of a plan, in one transaction for each target.

    The tables have to be there. Runs within `greenlet_spawn`. Raises Refused when a
    target holds rows, when rows cannot be moved, or when they are not the same
    afterwards; then, and with any other error, the targets stay empty.
    """
    refused = RefusedRows()
    with ExitStack() as opened:
        source = opened.enter_context(snapshot(plan.source))
        with ExitStack() as filled:
            targets = []
            for part in plan.parts:
                target = opened.enter_context(
                    create_migration_engine(part.url).sync_engine.connect()
                )
                filled.enter_context(loading(target, part.tables))
                refuse_rows(target, part, part.tables)
                targets.append(target)
            copies = [
                Copy(table, source, target, refused)
                for part, target in zip(plan.parts, targets, strict=True)
                for table in part.tables
            ]
            for copy in copies:
                copy.run(tell)
            refused.raise_any()
        moved = [copy.compared() for copy in copies]
        for target in targets:
            target.commit()
    return moved


class Copy:
    """One table on its way."""

    def __init__(
        self, table: Table, source: Connection, target: Connection, refused: RefusedRows
    ) -> None:
        self.table = table
        self.source = source
        self.target = target
        self.refused = refused
        dialects = (source.dialect, target.dialect)
        self.kinds: Kinds = {
            column.name: moved_type(column, dialects)
            for column in stored_columns(table)
        }
        self.sent = Digest(self.kinds)

    def run(self, tell: Tell) -> None:
        """Write what the source has; what cannot be moved is refused."""
        check_references(self.table, self.source, self.refused)
        writer = Writer(self.table, self.kinds, self.target, self.refused)
        for rows in batches(self.table, self.kinds, self.source, self.refused):
            for row in rows:
                self.sent.add(row)
            writer.write(rows)
            tell(self.table.name, self.sent.rows)

    def compared(self) -> Moved:
        """What was moved. Raises Refused when the target holds something else."""
        kept = Digest(self.kinds)
        for rows in batches(self.table, self.kinds, self.target, self.refused):
            for row in rows:
                kept.add(row)
        self.refused.raise_any()
        if (kept.rows, kept.checksum) != (self.sent.rows, self.sent.checksum):
            raise Refused(
                f"{self.table.name} would not be the same in the target: a column "
                "there keeps less than the source has. Nothing was moved."
            )
        return Moved(self.table.name, kept.rows, kept.checksum)
