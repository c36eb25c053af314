"""Welcomes: who has registered and was not written to yet."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

from ..columns import utc_now
from ..database import Database
from .model import WelcomeRow

# Longer than sending a mail takes: whoever was about to do it is so no more.
LEFT: Final = timedelta(minutes=1)
# A welcome that comes later than this is none.
GIVEN_UP: Final = timedelta(days=1)
AT_ONCE: Final = 100


def welcome_of(account_id: UUID) -> WelcomeRow:
    """A welcome that is due, for the transaction that creates the account."""
    now = utc_now()
    return WelcomeRow(account_id=account_id, created_at=now, due_at=now)


class Welcomes:
    """The welcomes of one database."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.now = now
        self._database = database

    async def take(self, account_id: UUID) -> bool:
        """Whether the welcome of an account is due, and nobody else is at it.

        Where it is not `done` within LEFT, it is due again.
        """
        now = self.now()
        due = update(WelcomeRow).where(
            WelcomeRow.account_id == account_id, WelcomeRow.due_at <= now
        )
        async with self._database.transaction() as session:
            taken = await session.scalar(
                due.values(due_at=now + LEFT).returning(WelcomeRow.account_id)
            )
        return taken is not None

    async def done(self, account_id: UUID) -> None:
        """Forget a welcome, once a mail server has it, or will never have it."""
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
