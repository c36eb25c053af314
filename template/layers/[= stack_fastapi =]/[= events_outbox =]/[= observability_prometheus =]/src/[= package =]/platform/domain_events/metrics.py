"""Events that wait, for Prometheus."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ..columns import utc_now
from ..database import Database, DatabaseFailure
from ..errors import AppError
from .waiting import Outbox, held_up, in_outboxes

LOOK_SECONDS: Final = 2.0


class EventsCollector(Collector):
    """Shows what the last `look` saw of the contexts that are served here."""

    def __init__(
        self,
        database_of: Callable[[str], Database],
        contexts: Collection[str],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database_of = database_of
        self._contexts = tuple(contexts)
        self._now = now
        self._outboxes: dict[str, Outbox | None] = {}
        self._held_up: dict[str, int] = {}

    async def look(self) -> None:
        """Look at them now; what does not answer in time is not shown."""
        contexts: defaultdict[Database, list[str]] = defaultdict(list)
        for context in self._contexts:
            contexts[self._database_of(context)].append(context)
        await asyncio.gather(*(self._look_at(*one) for one in contexts.items()))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """How many events were not sent, since when, and how many are held up."""
        waiting = GaugeMetricFamily(
            "domain_events_waiting",
            "Events in the outbox of a context.",
            labels=("context",),
        )
        oldest = GaugeMetricFamily(
            "domain_events_oldest_seconds",
            "Time since the oldest event in the outbox was published; 0 without one.",
            labels=("context",),
        )
        parked = GaugeMetricFamily(
            "domain_events_parked",
            "Events that wait for an earlier one, by the context of their consumer.",
            labels=("context",),
        )
        now = self._now()
        for context, outbox in self._outboxes.items():
            age = (now - outbox.oldest).total_seconds() if outbox else 0.0
            waiting.add_metric((context,), outbox.count if outbox else 0)
            oldest.add_metric((context,), max(age, 0.0))
        for context, count in self._held_up.items():
            parked.add_metric((context,), count)
        yield waiting
        yield oldest
        yield parked

    async def _look_at(self, database: Database, contexts: Collection[str]) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                outboxes = await in_outboxes(database)
                parked = await held_up(database)
        except (AppError, DatabaseFailure, TimeoutError):
            for context in contexts:
                self._outboxes.pop(context, None)
                self._held_up.pop(context, None)
            return
        for context in contexts:
            self._outboxes[context] = outboxes.get(context)
            self._held_up[context] = parked.get(context, 0)
