"""Welcomes: who has registered and was not written to yet."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, false, select, update

from ..columns import utc_now
from ..database import Database
from .model import WelcomeRow

# Longer than a request or sending a mail takes: who was at it is so no more.
LEFT: Final = timedelta(minutes=1)
# A welcome that comes later than this is none.
GIVEN_UP: Final = timedelta(days=1)
AT_ONCE: Final = 100


class Welcomes:
    """The welcomes of one database."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.now = now
        self._database = database

    async def prepare(self, account_id: UUID) -> None:
        """Note that an account is to be welcomed, before it is there.

        So none is forgotten, wherever the process ends. One that comes to nothing is
        `done`, or found to be so when it is due.
        """
        now = self.now()
        row = WelcomeRow(
            account_id=account_id, is_taken=False, created_at=now, due_at=now + LEFT
        )
        async with self._database.transaction() as session:
            session.add(row)

    async def take(self, account_id: UUID) -> bool:
        """Whether nobody has begun with this welcome; from now on somebody has."""
        return await self._take(account_id, WelcomeRow.is_taken == false())

    async def take_again(self, account_id: UUID) -> bool:
        """Whether a welcome is due that somebody should have sent or given up."""
        return await self._take(account_id, WelcomeRow.due_at <= self.now())

    async def _take(self, account_id: UUID, is_free: ColumnElement[bool]) -> bool:
        change = update(WelcomeRow).where(WelcomeRow.account_id == account_id, is_free)
        values = {"is_taken": True, "due_at": self.now() + LEFT}
        async with self._database.transaction() as session:
            taken = await session.scalar(
                change.values(values).returning(WelcomeRow.account_id)
            )
        return taken is not None

    async def done(self, account_id: UUID) -> None:
        """Forget a welcome: a mail server has it, or will never have it."""
        this = delete(WelcomeRow).where(WelcomeRow.account_id == account_id)
        async with self._database.transaction() as session:
            await session.execute(this)

    async def left(self) -> Sequence[UUID]:
        """Accounts whose welcome is due, the first of them; forgets what is too old."""
        now = self.now()
        late = delete(WelcomeRow).where(WelcomeRow.created_at <= now - GIVEN_UP)
        due = (
            select(WelcomeRow.account_id)
            .where(WelcomeRow.due_at <= now)
            .order_by(WelcomeRow.due_at)
            .limit(AT_ONCE)
        )
        async with self._database.transaction() as session:
            await session.execute(late)
            return (await session.scalars(due)).all()
