"""The outbox: events are published within the transaction that they tell of."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .. import context
from ..columns import utc_now
from ..job_queue.envelope import Envelope
from ..trace_context import current_traceparent
from .consumer import Consumer
from .discovery import consumers_by_event
from .event import Event
from .message import Message
from .model import LONGEST_AGGREGATE, OutboxRow

# Both databases know it. The row stays locked until the end of the transaction, so that
# numbers are in the order of the commits and have no gaps.
NEXT: Final = text(
    "INSERT INTO domain_events_streams (context, consumer, aggregate, last)"
    " VALUES (:context, :consumer, :aggregate, 1)"
    " ON CONFLICT (context, consumer, aggregate)"
    " DO UPDATE SET last = domain_events_streams.last + 1 RETURNING last"
)


async def publish(session: AsyncSession, event: Event) -> None:
    """Tell the consumers of an event, if the transaction of the session is committed.

    The session is one of the database of the event's context. Where several aggregates
    are told of in one transaction, do it in the order of their names: each is locked
    until the transaction ends. Raises ValueError for an aggregate that is too long.
    """
    await tell(session, event, consumers_by_event().get(event.name, ()))


async def tell(
    session: AsyncSession, event: Event, consumers: Iterable[Consumer[Any, Any]]
) -> None:
    """Add an event to the outbox, once for each of these consumers."""
    source, aggregate, now = event.name.partition(".")[0], event.aggregate, utc_now()
    if len(aggregate) > LONGEST_AGGREGATE:
        raise ValueError(f"{event.name}: an aggregate of {len(aggregate)} characters")
    for consumer in sorted(consumers, key=lambda one: one.name):
        place = {"context": source, "consumer": consumer.name, "aggregate": aggregate}
        number = (await session.execute(NEXT, place)).scalar_one()
        envelope = Envelope(
            id=uuid4().hex,
            name=consumer.name,
            payload=Message.of(event, number, now).model_dump(mode="json"),
            priority=consumer.priority,
            request_id=context.request_id.get(),
            traceparent=current_traceparent(),
        )
        session.add(
            OutboxRow(
                id=envelope.id,
                context=source,
                published_at=now,
                number=number,
                envelope=envelope.model_dump(mode="json"),
            )
        )
