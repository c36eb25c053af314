"""The jobs of the consumers of contexts, which take events out of the outbox."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import delete

from ..database import Database
from ..job_queue.job import Job, Run
from .consumer import Consumer
from .consuming import job_of
from .gate import Gate
from .message import Message
from .model import OutboxRow
from .parking import Parking, Send


def consumer_jobs(
    consumers: Iterable[Consumer[Any, Any]],
    database_of: Callable[[str], Database],
    send: Send,
) -> list[Job[Any, Message]]:
    """A job for each consumer; `database_of` gives that of a context."""
    return [
        _taken_out(
            job_of(consumer, Parking(database_of(consumer.context), send)), database_of
        )
        for consumer in consumers
    ]


def _taken_out(
    job: Job[Any, Message], database_of: Callable[[str], Database]
) -> Job[Any, Message]:
    """The job, after which the event is in the outbox no more."""

    async def consume(service: object, message: Message, run: Run) -> None:
        await job.function(service, message, run)
        gate = Gate.of(job.name, message)
        if await gate.last(database_of(job.context)) < message.number:
            return  # it is parked
        async with database_of(message.source).transaction() as session:
            await session.execute(delete(OutboxRow).where(OutboxRow.id == run.id))

    return replace(job, function=consume)
