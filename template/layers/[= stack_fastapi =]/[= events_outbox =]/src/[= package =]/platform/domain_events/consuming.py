"""Consumers as jobs: each event passes the gate, then the consumer's function."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import utc_now
from ..database import Database
from ..job_queue.errors import Postponed
from ..job_queue.job import Job, Run
from ..logging import get_logger
from .consumer import Consumer
from .gate import Gate, TooEarly
from .message import Message

SOONEST_SECONDS: Final = 0.2
LATEST_SECONDS: Final = 60.0

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


def job_of(consumer: Consumer[Any, Any], database: Database) -> Job[Any, Message]:
    """The job that a consumer is; the database is that of its context."""
    kinds = {kind.name: kind for kind in consumer.events}

    async def consume(service: object, message: Message, run: Run) -> None:
        gate = Gate.of(consumer.name, message)
        last = await gate.last(database)
        if last >= message.number:
            log.info("event_passed_over", consumer=consumer.name, job_id=run.id)
            return
        if last < message.number - 1:
            raise Postponed(wait_of(message))
        if (kind := kinds.get(message.event)) is None:
            raise UnknownEvent(f"{consumer.name} does not listen to {message.event}")
        event = kind.model_validate(message.payload)
        delivery = EventDelivery(run.id, run.attempt, message, gate)
        try:
            await consumer.function(service, event, delivery)
            await move_on(gate, database, message.number)
        except TooEarly as early:
            raise Postponed(wait_of(message)) from early

    return Job(
        consumer.name,
        consume,
        Message,
        priority=consumer.priority,
        attempts=consumer.attempts,
        retry=consumer.retry,
        timeout_seconds=consumer.timeout_seconds,
    )


async def move_on(gate: Gate, database: Database, number: int) -> None:
    """Let an event pass that is done, unless the consumer did so itself."""
    if await gate.last(database) < number:
        async with database.transaction() as session:
            await gate.let_in(session, number)


def wait_of(message: Message) -> float:
    """Seconds until an event that is early is looked at again: as long as it is old."""
    age: timedelta = utc_now() - message.published_at
    return min(max(age.total_seconds(), SOONEST_SECONDS), LATEST_SECONDS)


