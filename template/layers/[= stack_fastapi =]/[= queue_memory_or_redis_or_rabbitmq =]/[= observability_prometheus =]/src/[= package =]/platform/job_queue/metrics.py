"""Jobs, for Prometheus: what becomes of them here, and what waits anywhere."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ..database import DatabaseFailure
from ..errors import AppError
from .queue import End, JobQueue

LOOK_SECONDS: Final = 2.0
BUCKETS: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0)


class JobMetrics:
    """Counts and times the jobs that this process does.

    Names are those of jobs that there are. The label is not `job`: Prometheus uses that
    for what it scrapes.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._jobs = Counter(
            "jobs",
            "Runs of jobs by what became of them: done, retried or dead.",
            ("name", "outcome"),
            registry=registry,
        )
        self._duration = Histogram(
            "job_duration_seconds",
            "Time from the start of a run until its outcome is recorded.",
            ("name",),
            buckets=BUCKETS,
            registry=registry,
        )

    def ended(self, name: str, end: End, seconds: float | None) -> None:
        """Note what became of a job; `seconds` is None where it was not begun."""
        self._jobs.labels(name, end).inc()
        if seconds is not None:
            self._duration.labels(name).observe(seconds)


class QueueCollector(Collector):
    """Shows what the last `look` saw: queues of contexts that are served here."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._depth: Mapping[str, int] = {}
        self._dead_letters: int | None = None

    async def look(self) -> None:
        """Look at them now; what does not answer in time is not shown."""
        await asyncio.gather(self._look_at_queues(), self._count_dead_letters())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The depth of the queues, and how many jobs were given up."""
        depth = GaugeMetricFamily(
            "job_queue_depth", "Jobs that are due and not done.", labels=("level",)
        )
        for level, count in self._depth.items():
            depth.add_metric((level,), count)
        dead_letters = GaugeMetricFamily(
            "job_dead_letters", "Jobs given up, until they are replayed or dropped."
        )
        if self._dead_letters is not None:
            dead_letters.add_metric((), self._dead_letters)
        yield depth
        yield dead_letters

    async def _look_at_queues(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                self._depth = await self._queue.engine.depth()
        except (AppError, TimeoutError):
            self._depth = {}

    async def _count_dead_letters(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                self._dead_letters = await self._queue.dead_letters.count()
        except (AppError, DatabaseFailure, TimeoutError):
            self._dead_letters = None
