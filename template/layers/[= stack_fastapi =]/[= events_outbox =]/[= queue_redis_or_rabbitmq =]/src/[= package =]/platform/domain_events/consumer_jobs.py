"""The jobs of the consumers of contexts."""

from collections.abc import Callable, Iterable
from typing import Any

from ..database import Database
from ..job_queue.job import Job
from .consumer import Consumer
from .consuming import job_of
from .message import Message
from .parking import Parking, Send


def consumer_jobs(
    consumers: Iterable[Consumer[Any, Any]],
    database_of: Callable[[str], Database],
    send: Send,
) -> list[Job[Any, Message]]:
    """A job for each consumer; `database_of` gives that of a context."""
    return [
        job_of(consumer, Parking(database_of(consumer.context), send))
        for consumer in consumers
    ]
