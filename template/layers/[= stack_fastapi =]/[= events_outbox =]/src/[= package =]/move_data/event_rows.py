"""Rows of events: they go with the contexts that they belong to."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, insert, inspect, select

from ..contexts import CONTEXTS
from ..platform.domain_events.model import Base
from .reading import BATCH
from .refusals import Refused

TABLES: Final = tuple(Base.metadata.sorted_tables)


def move_events(source: Connection, target: Connection, names: Sequence[str]) -> None:
    """Copy the rows of those that are contexts; there may be none.

    Raises Refused where the target holds some of theirs.
    """
    contexts = [name for name in names if name in CONTEXTS]
    if not contexts or not inspect(source).has_table(TABLES[0].name):
        return
    for table in TABLES:
        theirs = table.c.context.in_(contexts)
        if target.scalar(select(func.count()).select_from(table).where(theirs)):
            raise Refused(
                f"{table.name} of the target holds rows of {', '.join(contexts)} "
                "already.\nRemove them first: nothing was moved."
            )
        found = source.execute(
            select(table).where(theirs), execution_options={"yield_per": BATCH}
        )
        for rows in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in rows])
