"""How jobs are doing: progress and results, kept for a time; and what is done once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, cast

from pydantic import BaseModel, JsonValue
from sqlalchemy import TextClause, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import UtcDateTime, utc_now
from ..database import Database
from .model import DoneRow, OutcomeRow

State = Literal["running", "succeeded", "failed"]


def utc_parameters(statement: TextClause) -> TextClause:
    """The statement with `:now` as a moment in UTC."""
    return statement.bindparams(bindparam("now", type_=UtcDateTime()))


# both databases know it; a row that another transaction is adding is waited for
TAKE = utc_parameters(
    text(
        "INSERT INTO job_queue_done (id, done_at)"
        " VALUES (:id, :now) ON CONFLICT DO NOTHING"
    )
)


class Outcome(BaseModel):
    """What is known of a job; `progress` is from 0 to 1."""

    state: State
    progress: float
    result: JsonValue = None
    error: str | None = None


class Outcomes:
    """The outcomes of jobs, in the database."""

    def __init__(
        self,
        database: Database,
        keep_seconds: float,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._keep = timedelta(seconds=keep_seconds)
        self._now = now

    async def write(self, id: str, name: str, outcome: Outcome) -> None:
        """Keep what is known now, in place of what was known before."""
        async with self._database.transaction() as session:
            await session.merge(
                OutcomeRow(
                    id=id,
                    name=name,
                    expires_at=self._now() + self._keep,
                    **outcome.model_dump(mode="json"),
                )
            )

    async def read(self, id: str) -> Outcome | None:
        """What is known of a job; None before it tells something, and after a time."""
        async with self._database.transaction() as session:
            row = await session.get(OutcomeRow, id)
        if row is None or row.expires_at <= self._now():
            return None
        return Outcome(
            state=cast(State, row.state),
            progress=row.progress,
            result=row.result,
            error=row.error,
        )

    async def clean_up(self) -> None:
        """Forget outcomes whose time is over, and what was done long before that."""
        now = self._now()
        async with self._database.transaction() as session:
            await session.execute(
                delete(OutcomeRow).where(OutcomeRow.expires_at <= now)
            )
            # a job that was replayed later than that is done again
            await session.execute(
                delete(DoneRow).where(DoneRow.done_at <= now - timedelta(days=30))
            )


async def take(session: AsyncSession, id: str, now: datetime) -> bool:
    """Note within the transaction that a job is done; False where it was before."""
    result = await session.execute(TAKE, {"id": id, "now": now})
    return bool(getattr(result, "rowcount", 0))
