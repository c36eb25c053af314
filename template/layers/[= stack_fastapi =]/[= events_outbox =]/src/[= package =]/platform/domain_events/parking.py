"""Events that came too early: kept beside their consumer until it is their turn."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import (
    JSON,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    update,
)

from ..columns import utc_now
from ..database import Database
from ..errors import Unavailable
from ..job_queue.envelope import Envelope
from .gate import Gate
from .message import Message
from .model import ConsumedRow, ParkedRow

AT_ONCE: Final = 100
# Who woke an event and has not sent it by then has ended.
FORGOTTEN: Final = timedelta(seconds=10)

Send = Callable[[Envelope], Awaitable[None]]

ADD: Final = text(
    "INSERT INTO domain_events_parked"
    " (id, context, consumer, source, aggregate, number, envelope)"
    " VALUES (:id, :context, :consumer, :source, :aggregate, :number, :envelope)"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("envelope", type_=JSON))
NEXT: Final = select(ParkedRow.id).where(
    ParkedRow.context == bindparam("context"),
    ParkedRow.consumer == bindparam("consumer"),
    ParkedRow.source == bindparam("source"),
    ParkedRow.aggregate == bindparam("aggregate"),
    ParkedRow.number == bindparam("number"),
)
SAME_STREAM: Final = and_(
    ConsumedRow.context == ParkedRow.context,
    ConsumedRow.consumer == ParkedRow.consumer,
    ConsumedRow.source == ParkedRow.source,
    ConsumedRow.aggregate == ParkedRow.aggregate,
)
DUE: Final = (
    select(ParkedRow.id)
    .outerjoin(ConsumedRow, SAME_STREAM)
    .where(
        ParkedRow.context == bindparam("context"),
        ParkedRow.number <= func.coalesce(ConsumedRow.last, 0) + 1,
    )
    .limit(AT_ONCE)
)


class Parking:
    """The events in one database that wait for an earlier one.

    Whoever has done an event sends the next one, and whoever parks one looks whether it
    is due by now: one of the two sees the other. One of them sends it, and then deletes
    it: where a process ends in between, it is sent twice.
    """

    def __init__(self, database: Database, send: Send) -> None:
        self.database = database
        self._send = send

    async def park(self, envelope: Envelope, message: Message) -> None:
        """Keep an event until those before it are done. Raises Unavailable."""
        gate = Gate.of(envelope.name, message)
        async with self.database.transaction() as session:
            await session.execute(
                ADD,
                gate.place
                | {
                    "id": envelope.id,
                    "number": message.number,
                    "envelope": envelope.model_dump(mode="json"),
                },
            )
        if await gate.last(self.database) >= message.number - 1:
            await self.wake(gate, message.number)

    async def wake(self, gate: Gate, number: int) -> None:
        """Send the event that has this number, if it is here.

        Where that is not possible now, a relay does it later.
        """
        place = gate.place | {"number": number}
        with suppress(Unavailable):
            await self._send_all(await self.database.fetch(NEXT, place))

    async def wake_due(self, contexts: Collection[str]) -> int:
        """Send what is due and was not woken, as after a skip; how many.

        Raises Unavailable.
        """
        count = 0
        for context in contexts:
            rows = await self.database.fetch(DUE, {"context": context})
            count += await self._send_all(rows)
        return count

    async def _send_all(self, rows: Sequence[Sequence[object]]) -> int:
        """Send those that nobody else is sending, and delete them; how many."""
        if not rows:
            return 0
        now = utc_now()
        claim = (
            update(ParkedRow)
            .where(
                ParkedRow.id.in_([row[0] for row in rows]),
                or_(ParkedRow.woken_at.is_(None), ParkedRow.woken_at < now - FORGOTTEN),
            )
            .values(woken_at=now)
            .returning(ParkedRow.envelope)
        )
        async with self.database.transaction() as session:
            claimed = (await session.scalars(claim)).all()
        envelopes = [Envelope.model_validate(one) for one in claimed]
        for envelope in envelopes:
            await self._send(envelope)
        if envelopes:
            gone = delete(ParkedRow).where(
                ParkedRow.id.in_([one.id for one in envelopes])
            )
            async with self.database.transaction() as session:
                await session.execute(gone)
        return len(envelopes)
