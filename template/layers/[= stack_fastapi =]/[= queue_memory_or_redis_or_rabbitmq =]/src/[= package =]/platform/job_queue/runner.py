"""Runs a job: its payload, its time, and what becomes of it when it fails."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from .. import context
from ..columns import utc_now
from ..logging import get_logger
from .envelope import Envelope
from .errors import is_temporary, text_of
from .job import Job
from .outcomes import Outcome, take
from .queue import JobQueue
from .tracing import job_span

log = get_logger(__name__)


@dataclass(slots=True)
class JobRun:
    """One run of a job."""

    id: str
    name: str
    attempt: int
    queue: JobQueue
    now: Callable[[], datetime]
    has_told: bool = False

    async def progress(self, part: float) -> None:
        """Tell how much is done, from 0 to 1."""
        self.has_told = True
        outcome = Outcome(state="running", progress=min(max(part, 0.0), 1.0))
        await self.queue.outcomes.write(self.id, self.name, outcome)

    async def is_first(self, session: AsyncSession) -> bool:
        """Whether no transaction of this job was committed yet."""
        return await take(session, self.id, self.now())


class Runner:
    """Does the jobs of the contexts that a process serves."""

    def __init__(
        self,
        queue: JobQueue,
        jobs: Iterable[Job[Any, Any]],
        service_of: Callable[[str], object],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.queue = queue
        self._jobs: Mapping[str, Job[Any, Any]] = {job.name: job for job in jobs}
        self._service_of = service_of
        self._now = now

    async def run(self, envelope: Envelope) -> None:
        """Do a job, or see to its next attempt.

        Raises what keeps a failure from being recorded: then the job is still due.
        """
        tokens = (
            context.request_id.set(envelope.request_id or envelope.id),
            context.traceparent.set(envelope.traceparent),
        )
        try:
            with job_span(envelope.name):
                await self._attempt(envelope)
        finally:
            context.request_id.reset(tokens[0])
            context.traceparent.reset(tokens[1])

    async def bury(self, envelope: Envelope, error: str) -> None:
        """Keep a job as a dead letter; said as an error, for somebody to look at."""
        await self.queue.dead_letters.keep(envelope, error)
        outcome = Outcome(state="failed", progress=0.0, error=error)
        await self.queue.outcomes.write(envelope.id, envelope.name, outcome)
        log.error(
            "job_dead",
            job=envelope.name,
            job_id=envelope.id,
            attempts=envelope.attempt,
            reason=error,
        )

    async def _attempt(self, envelope: Envelope) -> None:
        begun = perf_counter()
        job = self._jobs.get(envelope.name)
        if job is None:
            await self.bury(
                envelope, "UnknownJob: no jobs.py here has a job of this name"
            )
            return
        try:
            await self._do(job, envelope)
        except Exception as error:
            await self._failed(job, envelope, error)
            return
        seconds = perf_counter() - begun
        log.info(
            "job_done",
            job=envelope.name,
            job_id=envelope.id,
            attempt=envelope.attempt,
            milliseconds=round(seconds * 1000, 3),
        )

    async def _do(self, job: Job[Any, Any], envelope: Envelope) -> None:
        payload = job.payload.model_validate(envelope.payload)
        run = JobRun(
            envelope.id, envelope.name, envelope.attempt, self.queue, self._now
        )
        service = self._service_of(job.context)
        async with asyncio.timeout(job.timeout_seconds):
            result = await job.function(service, payload, run)
        if result is None and not run.has_told:
            return  # nobody waits to hear of it
        kept = to_jsonable_python(result)
        outcome = Outcome(state="succeeded", progress=1.0, result=kept)
        await self.queue.outcomes.write(envelope.id, envelope.name, outcome)

    async def _failed(
        self, job: Job[Any, Any], envelope: Envelope, error: Exception
    ) -> None:
        said = text_of(error)
        if isinstance(error, ValidationError):
            # its own words repeat the payload
            said = f"ValidationError: the payload does not fit {job.payload.__name__}"
        if not is_temporary(error) or envelope.attempt >= job.attempts:
            await self.bury(envelope, said)
            return
        seconds = job.retry(envelope.attempt)
        await self.queue.send(envelope.again(), seconds)
        log.warning(
            "job_retried",
            job=envelope.name,
            job_id=envelope.id,
            attempt=envelope.attempt,
            seconds=round(seconds, 3),
            reason=said,
        )
