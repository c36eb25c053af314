"""Jobs and schedules of a process: what it does in the background until it ends."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol

from .discovery import defined_in
from .queue import JobQueue
from .runner import Runner
from .scheduler import Scheduler
from .worker import Worker

if TYPE_CHECKING:
    from ...settings import Settings


class Services(Protocol):
    """The wiring: a service a context, and the queue of their jobs."""

    @property
    def settings(self) -> "Settings": ...
    @property
    def job_queue(self) -> JobQueue: ...


class BackgroundWork:
    """A worker for the contexts served here, and a scheduler where it is wanted."""

    def __init__(self, wiring: Services) -> None:
        queue, settings = wiring.job_queue, wiring.settings
        jobs, schedules = defined_in(settings.served)
        service_of = partial(getattr, wiring)
        self.runner = Runner(queue, jobs, service_of)
        self._parts: list[Worker | Scheduler] = [Worker(self.runner, settings)]
        if settings.job_schedules:
            self._parts.append(Scheduler(queue, schedules, service_of))
        self._finish = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in this event loop."""
        for part in self._parts:
            self._tasks.append(asyncio.create_task(part.run(self._finish)))

    def finish(self) -> None:
        """Have it end: what is in hand gets its time, and the rest is given back."""
        self._finish.set()

    async def ended(self) -> None:
        """Wait for the end. Raises what ended it before it was told to."""
        await asyncio.gather(*self._tasks)
