"""What waits: in the outbox for a relay, or beside a consumer for an earlier event."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Select, exists, func, or_, select

from ..database import Database
from .gate import Gate
from .model import OutboxRow, ParkedRow

OLDEST: Final = func.min(OutboxRow.published_at)
IN_OUTBOXES: Final = cast(
    Select[Any],
    select(OutboxRow.context, func.count(), OLDEST).group_by(OutboxRow.context),
)
HELD_UP: Final = cast(
    Select[Any],
    select(ParkedRow.context, func.count()).group_by(ParkedRow.context),
)


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


def anything_of(contexts: Collection[str]) -> Select[Any]:
    """A query: do these have something in an outbox, and does something wait for them?

    It looks into indexes and counts nothing.
    """
    published = or_(*(OutboxRow.context == context for context in contexts))
    early = or_(*(ParkedRow.context == context for context in contexts))
    query = select(exists().where(published), exists().where(early))
    return cast(Select[Any], query)


async def in_outboxes(database: Database) -> Mapping[str, Outbox]:
    """What contexts have in their outbox, unless that is empty. Raises Unavailable."""
    rows = cast(Sequence[Sequence[Any]], await database.fetch(IN_OUTBOXES, {}))
    return {context: Outbox(count, oldest) for context, count, oldest in rows}


async def held_up(database: Database) -> Mapping[str, int]:
    """How many events wait for a consumer of a context, if any. Raises Unavailable."""
    rows = cast(Sequence[Sequence[Any]], await database.fetch(HELD_UP, {}))
    return {context: count for context, count in rows}


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
