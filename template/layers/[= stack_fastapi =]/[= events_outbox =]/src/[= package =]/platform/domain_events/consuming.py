"""Consumers as jobs: each event passes the gate, then the consumer's function."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from .. import context
from ..job_queue.envelope import Envelope
from ..job_queue.job import Job, Run
from ..logging import get_logger
from .consumer import Consumer
from .gate import Gate
from .message import Message
from .parking import Parking

log = get_logger(__name__)


class UnknownEvent(Exception):
    """An event that the consumer does not listen to any more."""


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """One delivery of an event to a consumer."""

    id: str
    attempt: int
    message: Message
    gate: Gate

    @property
    def published_at(self) -> datetime:
        """When it was published, in UTC."""
        return self.message.published_at

    async def is_first(self, session: AsyncSession) -> bool:
        """Whether no transaction of this consumer has taken the event yet."""
        return await self.gate.let_in(session, self.message.number)


def job_of(consumer: Consumer[Any, Any], parking: Parking) -> Job[Any, Message]:
    """The job that a consumer is; early events are parked in its database."""
    kinds = {kind.name: kind for kind in consumer.events}
    database = parking.database

    async def consume(service: object, message: Message, run: Run) -> None:
        gate = Gate.of(consumer.name, message)
        last = await gate.last(database)
        if last < message.number - 1:
            await parking.park(envelope_of(consumer, message, run), message)
            return
        if last >= message.number:
            log.info("event_passed_over", consumer=consumer.name, job_id=run.id)
            await parking.wake(gate, last + 1)
            return
        if (kind := kinds.get(message.event)) is None:
            raise UnknownEvent(f"{consumer.name} does not listen to {message.event}")
        event = kind.model_validate(message.payload)
        delivery = EventDelivery(run.id, run.attempt, message, gate)
        await consumer.function(service, event, delivery)
        if await gate.last(database) < message.number:
            async with database.transaction() as session:
                await gate.let_in(session, message.number)
        await parking.wake(gate, message.number + 1)

    return Job(
        consumer.name,
        consume,
        Message,
        priority=consumer.priority,
        attempts=consumer.attempts,
        retry=consumer.retry,
        timeout_seconds=consumer.timeout_seconds,
    )


def envelope_of(consumer: Consumer[Any, Any], message: Message, run: Run) -> Envelope:
    """The job as it was sent."""
    return Envelope(
        id=run.id,
        name=consumer.name,
        payload=message.model_dump(mode="json"),
        priority=consumer.priority,
        attempt=run.attempt,
        request_id=context.request_id.get(),
        traceparent=context.traceparent.get(),
    )
