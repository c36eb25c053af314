"""The relay: hands what is in the outbox, or due by now, to the queue."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from ..database import Database, DatabaseFailure
from ..errors import AppError, reason_of
from ..job_queue.queue import JobQueue
from ..job_queue.worker import first
from ..logging import get_logger
from .parking import Parking
from .passing import Passing, reachable
from .waiting import anything_of

if TYPE_CHECKING:
    from ...settings import Settings

log = get_logger(__name__)


class Relay:
    """Looks into the outbox of one database; any number of them may."""

    def __init__(
        self,
        passing: Passing,
        parking: Parking,
        contexts: Collection[str],
        poll_seconds: float,
    ) -> None:
        self._passing = passing
        self._parking = parking
        self._contexts = tuple(contexts)
        self._anything = anything_of(self._contexts)
        self._poll_seconds = poll_seconds
        self._is_away = False

    async def run(self, finish: asyncio.Event) -> None:
        """Look again and again until `finish`; at once where there was something."""
        while not finish.is_set():
            if not await self.look():
                await first(finish, self._poll_seconds)

    async def look(self) -> int:
        """Hand over the oldest events; how many. Says once what keeps it from that."""
        count = 0
        try:
            [answer] = await self._parking.database.fetch(self._anything, {})
            is_published, is_early = answer
            if is_published:
                count += await self._passing.pass_on()
            if is_early:
                count += await self._parking.wake_due(self._contexts)
        except (AppError, DatabaseFailure) as error:
            if not self._is_away:
                log.warning("events_paused", reason=reason_of(error))
            self._is_away = True
            return 0
        if self._is_away:
            log.info("events_resumed")
        self._is_away = False
        return count


def relays(
    queue: JobQueue, database_of: Callable[[str], Database], settings: "Settings"
) -> list[Relay]:
    """A relay for each database of the contexts that are served here."""
    contexts: defaultdict[Database, list[str]] = defaultdict(list)
    for context in settings.served:
        contexts[database_of(context)].append(context)
    return [
        Relay(
            Passing(queue, database, names, reachable(settings)),
            Parking(database, queue.send),
            names,
            settings.events_poll_seconds,
        )
        for database, names in contexts.items()
    ]
