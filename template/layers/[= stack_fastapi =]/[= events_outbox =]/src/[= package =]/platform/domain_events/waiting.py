"""What waits: in the outbox for a relay, or beside a consumer for an earlier event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ..database import Database
from .gate import Gate
from .model import OutboxRow, ParkedRow


@dataclass(frozen=True, slots=True)
class Outbox:
    """What a context has published and no relay has sent; `oldest` is in UTC."""

    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Events of an aggregate that wait for the one with the number `missing`.

    `first` is the id of the first of them.
    """

    consumer: str
    source: str
    aggregate: str
    count: int
    missing: int
    first: str


async def in_outbox(database: Database, context: str) -> Outbox | None:
    """What a context has in its outbox; None where that is empty."""
    query = select(func.count(), func.min(OutboxRow.published_at)).where(
        OutboxRow.context == context
    )
    async with database.transaction() as session:
        count, oldest = (await session.execute(query)).one()
    return Outbox(count, oldest) if count else None


async def parked(database: Database, context: str) -> Sequence[HeldUp]:
    """The aggregates of which events wait for a consumer of this context."""
    stream = (ParkedRow.consumer, ParkedRow.source, ParkedRow.aggregate)
    query = (
        select(*stream, func.count(), func.min(ParkedRow.number))
        .where(ParkedRow.context == context)
        .group_by(*stream)
        .order_by(*stream)
    )
    found = []
    async with database.transaction() as session:
        for consumer, source, aggregate, count, number in await session.execute(query):
            gate = Gate(consumer, source, aggregate)
            first = await session.scalar(
                select(ParkedRow.id)
                .filter_by(**gate.place)
                .where(ParkedRow.number == number)
            )
            last = await gate.last(database)
            found.append(
                HeldUp(consumer, source, aggregate, count, last + 1, first or "")
            )
    return found
