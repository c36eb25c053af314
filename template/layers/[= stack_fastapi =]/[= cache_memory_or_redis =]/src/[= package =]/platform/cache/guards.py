"""What makes kept answers invalid: guards that change with the rows.

An answer holds as long as the guards that it was read under. A write changes them while
its rows are locked, and again when it is committed: an answer that was read before or
during the write is under older guards, whenever it is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import Insert, event, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from ..errors import Conflict, Unprocessable
from ..logging import get_logger
from .entries import EVERYTHING, Caching, Entry, bulk_guard, item_guard, rows_guard
from .store import Store, StoreAway

RETRY_SECONDS: Final = 0.5
WRITTEN: Final = "written"

log = get_logger(__name__)


class WatchedSession(Session):
    """A session that keeps in mind which rows it has written.

    Each is a table's name with the row, or with None where a statement wrote rows that
    nobody has loaded. SQL that is text is not seen.
    """


@event.listens_for(WatchedSession, "after_flush")
def _note_rows(session: Session, _: UOWTransaction) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    for row in (*session.new, *changed, *session.deleted):
        _note(session, inspect(row).mapper.local_table, row)


@event.listens_for(WatchedSession, "do_orm_execute")
def _note_statement(executed: ORMExecuteState) -> None:
    if executed.is_update or executed.is_delete or executed.is_insert:
        _note(executed.session, getattr(executed.statement, "table", None), None)


def _note(session: Session, table: object, row: object) -> None:
    name = getattr(table, "name", None)
    if isinstance(name, str):
        session.info.setdefault(WRITTEN, set()).add((name, row))


class Guards:
    """The guards of the tables whose answers are kept and do not wait for their end.

    Changes that were not made are owed: until they are, this process answers from the
    database. Who found the store away owes a change of everything: other processes may
    have missed theirs, or the store may have lost some.
    """

    session_class = WatchedSession

    def __init__(self, store: Store, caching: Caching) -> None:
        self.store = store
        self.keys: dict[str, str | None] = {}
        for entries in caching.values():
            for entry in entries.values():
                if isinstance(entry, Entry) and entry.strategy != "aside":
                    known = self.keys.get(entry.table)
                    self.keys[entry.table] = entry.key or known
        self.owed: set[str] = set()
        self._payment: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def committing(self, session: AsyncSession) -> AsyncIterator[None]:
        """Change the guards of what a session has written, around its commit.

        Its rows are locked before, and the old ones may be read until it is done.
        """
        names = self._written(session)
        async with self._noted(names):
            await self.change(names)
            yield
            await self.change(names)

    @asynccontextmanager
    async def inserting(self, statement: Insert) -> AsyncIterator[None]:
        """Change what a new row changes: lists."""
        table = getattr(statement.table, "name", "")
        names = [rows_guard(table)] if table in self.keys else []
        async with self._noted(names):
            yield
            await self.change(names)

    async def settled(self) -> None:
        """Return when nothing is owed."""
        if self._payment is not None:
            await asyncio.shield(self._payment)

    async def close(self) -> None:
        """Make up for what is owed, or give up on it."""
        if self._payment is not None:
            self._payment.cancel()
        if self.owed:
            try:
                await self.store.renew(self.owed)
            except StoreAway:
                log.warning("cache_changes_lost", guards=len(self.owed))

    @asynccontextmanager
    async def _noted(self, names: Collection[str]) -> AsyncIterator[None]:
        """Owe a change where nobody knows whether the write was done."""
        try:
            yield
        except (Conflict, Unprocessable):
            raise
        except BaseException:
            self._owe(names)
            raise

    def _written(self, session: AsyncSession) -> list[str]:
        """The guards of what a session has written."""
        written: set[tuple[str, object]] = session.info.get(WRITTEN, set())
        names = set()
        for table, row in written:
            if table not in self.keys:
                continue
            names.add(rows_guard(table))
            attribute = self.keys[table]
            # a row that a savepoint took back is known no more
            known = {} if row is None else inspect(row).dict
            if attribute is not None and attribute in known:
                names.add(item_guard(table, known[attribute]))
            elif attribute is not None or row is None:
                names.add(bulk_guard(table))
        return sorted(names)

    async def change(self, names: Collection[str]) -> None:
        """Make what was read under these guards invalid, now or as soon as possible."""
        if not names:
            return
        try:
            await self.store.renew(names)
        except StoreAway:
            self.distrust()

    def distrust(self) -> None:
        """Make invalid all that was kept before, as soon as the store is back."""
        self._owe([EVERYTHING])

    def _owe(self, names: Collection[str]) -> None:
        if not names:
            return
        self.owed.update(names)
        if EVERYTHING in self.owed:
            self.owed = {EVERYTHING}
        if self._payment is None or self._payment.done():
            self._payment = asyncio.create_task(self._pay())

    async def _pay(self) -> None:
        while self.owed:
            # a commit that nobody waits for may be on its way still
            await asyncio.sleep(RETRY_SECONDS)
            names = frozenset(self.owed)
            try:
                await self.store.renew(names)
                if EVERYTHING in names:
                    # others may not have tried again, and their writes are not seen
                    await asyncio.sleep(self.store.settling_seconds)
                    await self.store.renew(names)
            except StoreAway:
                continue
            self.owed -= names
            log.info("cache_caught_up", guards=len(names))
