"""The queue: where code leaves its jobs."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import uuid4

from pydantic import BaseModel

from .. import context
from ..database import Database
from ..logging import get_logger
from ..trace_context import current_traceparent
from .dead_letters import DeadLetters
from .delivery import Engine
from .envelope import Envelope
from .errors import QueueAway
from .job import Job, Payload
from .outcomes import Outcome, Outcomes
from .priority import level_of

if TYPE_CHECKING:
    from .settings import JobSettings

log = get_logger(__name__)

End = Literal["done", "retried", "dead"]


class RunObserver(Protocol):
    """Hears of each run of a job in this process."""

    def ended(self, name: str, end: End, seconds: float | None) -> None:
        """A job ended so, after a time; None where it was not begun."""


class JobQueue:
    """Takes jobs for workers to do. Nothing connects before first use."""

    def __init__(
        self, engine: Engine, database: Database, settings: "JobSettings"
    ) -> None:
        self.engine = engine
        self.database = database
        self.dead_letters = DeadLetters(database)
        self.outcomes = Outcomes(database, settings.job_outcome_seconds)
        self.observers: list[RunObserver] = []
        self._send_seconds = settings.job_send_seconds
        self._dead_letters_kept = timedelta(days=settings.job_dead_letter_days)

    async def enqueue(
        self,
        job: Job[Any, Payload],
        payload: Payload,
        *,
        delay: float = 0.0,
        priority: int | None = None,
        id: str | None = None,
    ) -> str:
        """Leave a job for a worker, `delay` seconds from now at the earliest.

        Gives its id. It has been stored by the engine when this returns; it is not part
        of any transaction. Raises Unavailable where the engine is away.
        """
        envelope = Envelope(
            id=id or uuid4().hex,
            name=job.name,
            payload=_plain(payload),
            priority=job.priority if priority is None else priority,
            request_id=context.request_id.get(),
            traceparent=current_traceparent(),
        )
        await self.send(envelope, delay)
        return envelope.id

    async def send(self, envelope: Envelope, delay: float = 0.0) -> None:
        """Hand a job to the engine; raises Unavailable."""
        level = level_of(envelope.priority)
        data = envelope.model_dump_json().encode()
        try:
            async with asyncio.timeout(self._send_seconds):
                await self.engine.send(envelope.context, level, data, max(delay, 0.0))
        except TimeoutError as late:
            raise QueueAway("The queue took too long") from late

    async def outcome(self, id: str) -> Outcome | None:
        """What is known of a job: its progress while it runs, then its result.

        None before it tells something, and when its time is over.
        """
        return await self.outcomes.read(id)

    async def clean_up(self) -> None:
        """Forget what was kept for its time. Raises Unavailable."""
        await self.outcomes.clean_up()
        if forgotten := await self.dead_letters.clean_up(self._dead_letters_kept):
            log.warning("dead_letters_forgotten", count=forgotten)

    async def close(self) -> None:
        """Close what was opened."""
        await self.engine.close()


def _plain(payload: BaseModel) -> Any:
    return payload.model_dump(mode="json")
