"""Jobs that failed for good: kept, listed, tried again or dropped."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update

from ..columns import utc_now
from ..database import Database
from ..errors import NotFound
from .envelope import Envelope
from .model import DeadLetterRow
from .priority import level_of

AT_ONCE: Final = 100


class DeadLetters:
    """The dead letters of all contexts, in the database."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._now = now

    async def keep(self, envelope: Envelope, error: str) -> None:
        """Store a job that is given up."""
        async with self._database.transaction() as session:
            await session.merge(
                DeadLetterRow(
                    id=envelope.id,
                    queue=f"{envelope.context}.{level_of(envelope.priority)}",
                    name=envelope.name,
                    envelope=envelope.model_dump(mode="json"),
                    error=error,
                    attempts=envelope.attempt,
                    failed_at=self._now(),
                    replay_at=None,
                )
            )

    async def newest(self, limit: int = AT_ONCE) -> Sequence[DeadLetterRow]:
        """The last ones, newest first."""
        query = (
            select(DeadLetterRow).order_by(DeadLetterRow.failed_at.desc()).limit(limit)
        )
        async with self._database.transaction() as session:
            return (await session.scalars(query)).all()

    async def read(self, id: str) -> DeadLetterRow | None:
        """One of them; None where there is none with this id."""
        async with self._database.transaction() as session:
            return await session.get(DeadLetterRow, id)

    async def count(self) -> int:
        """How many there are."""
        query = select(func.count()).select_from(DeadLetterRow)
        async with self._database.transaction() as session:
            return await session.scalar(query) or 0

    async def ask_for_replay(self, id: str | None = None) -> int:
        """Have workers try one, or all, again; how many. Raises NotFound."""
        change = update(DeadLetterRow).values(replay_at=self._now())
        if id is not None:
            change = change.where(DeadLetterRow.id == id)
        async with self._database.transaction() as session:
            changed = (await session.scalars(change.returning(DeadLetterRow.id))).all()
        return _found(len(changed), id)

    async def drop(self, id: str | None = None) -> int:
        """Forget one, or all; how many. Raises NotFound."""
        removal = delete(DeadLetterRow)
        if id is not None:
            removal = removal.where(DeadLetterRow.id == id)
        async with self._database.transaction() as session:
            removed = await session.scalars(removal.returning(DeadLetterRow.id))
            dropped = len(removed.all())
        return _found(dropped, id)

    async def replay(self, send: Callable[[Envelope], Awaitable[None]]) -> int:
        """Send what somebody asked for, and forget it as a dead letter; how many.

        Several workers may do so at a time. A job is sent before it is forgotten: it
        may be sent twice and is never lost. One that this process has no queue for
        (ValueError) is left to those that serve its context.
        """
        count = 0
        due = (
            select(DeadLetterRow)
            .where(DeadLetterRow.replay_at.is_not(None))
            .order_by(DeadLetterRow.failed_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        async with self._database.transaction() as session:
            rows = (await session.scalars(due)).all()
            for row in rows:
                envelope = Envelope.model_validate(row.envelope)
                try:
                    await send(envelope.model_copy(update={"attempt": 1}))
                except ValueError:
                    continue
                await session.delete(row)
                count += 1
        return count


def _found(count: int, id: str | None) -> int:
    if id is not None and not count:
        raise NotFound("No dead letter has this id")
    return count
