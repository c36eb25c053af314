"""The gate of a consumer: the events of an aggregate pass it in order, each once."""

from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import TextClause, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import Database
from .message import Message
from .model import ConsumedRow

HERE: Final = (
    ConsumedRow.context == bindparam("context"),
    ConsumedRow.consumer == bindparam("consumer"),
    ConsumedRow.source == bindparam("source"),
    ConsumedRow.aggregate == bindparam("aggregate"),
)
LAST: Final = select(ConsumedRow.last).where(*HERE)
# A row that another transaction is changing is waited for.
BEGIN: Final = text(
    "INSERT INTO domain_events_consumed (context, consumer, source, aggregate, last)"
    " VALUES (:context, :consumer, :source, :aggregate, 1) ON CONFLICT DO NOTHING"
)
MOVE: Final = text(
    "UPDATE domain_events_consumed SET last = :number"
    " WHERE context = :context AND consumer = :consumer AND source = :source"
    " AND aggregate = :aggregate AND last = :number - 1"
)


class TooEarly(Exception):
    """An event whose predecessor was not handled yet."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A consumer's gate for the events of one aggregate."""

    consumer: str
    source: str
    aggregate: str

    @classmethod
    def of(cls, consumer: str, message: Message) -> "Gate":
        """The gate that a message has to pass."""
        return cls(consumer, message.source, message.aggregate)

    @property
    def place(self) -> dict[str, object]:
        """The columns that name its stream."""
        return {
            "context": self.consumer.partition(".")[0],
            "consumer": self.consumer,
            "source": self.source,
            "aggregate": self.aggregate,
        }

    async def last(self, database: Database) -> int:
        """The number of the last event that has passed; 0 before the first one."""
        rows = await database.fetch(LAST, self.place)
        return cast(int, rows[0][0]) if rows else 0

    async def let_in(self, session: AsyncSession, number: int) -> bool:
        """Move on to this number within the transaction; False where it has passed.

        Raises TooEarly.
        """
        statement: TextClause = BEGIN if number == 1 else MOVE
        given = self.place | ({} if number == 1 else {"number": number})
        result = await session.execute(statement, given)
        if getattr(result, "rowcount", 0):
            return True
        last = await session.scalar(LAST, self.place) or 0
        if last >= number:
            return False
        raise TooEarly(f"{self.consumer}: {last + 1} of {self.aggregate} is missing")
