"""From the outbox to the queue: each event at least once, and then no more."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from ...contexts import CONTEXTS
from ..database import Database
from ..job_queue.discovery import contexts_with_jobs
from ..job_queue.envelope import Envelope
from ..job_queue.queue import JobQueue
from .outbox_rows import oldest

if TYPE_CHECKING:
    from ...settings import Settings


def reachable(settings: "Settings") -> Collection[str]:
    """The contexts whose consumers get what is passed on here: wherever they run."""
    return contexts_with_jobs(CONTEXTS)


class Passing:
    """Passes on what contexts have published in one database.

    An event is sent before its row is deleted: where a process ends in between it is
    sent twice, which the gates of the consumers see.
    """

    def __init__(
        self,
        queue: JobQueue,
        database: Database,
        contexts: Collection[str],
        reachable: Collection[str],
    ) -> None:
        self._queue = queue
        self._database = database
        self._contexts = tuple(contexts)
        self._reachable = frozenset(reachable)

    async def pass_on(self) -> int:
        """Send the oldest events, and delete them; how many. Raises Unavailable."""
        async with oldest(self._database, self._contexts) as envelopes:
            for envelope in envelopes:
                await self._send(envelope)
        return len(envelopes)

    async def _send(self, envelope: Envelope) -> None:
        if envelope.context in self._reachable:
            await self._queue.send(envelope)
        else:
            said = "UnknownConsumer: no context of this name has consumers"
            await self._queue.dead_letters.keep(envelope, said)
