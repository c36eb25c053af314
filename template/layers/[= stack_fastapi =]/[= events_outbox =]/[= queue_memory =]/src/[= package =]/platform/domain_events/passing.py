"""From the outbox to the queue, whose jobs are lost when the process ends."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from ..database import Database
from ..job_queue.envelope import Envelope
from ..job_queue.queue import JobQueue
from .model import OutboxRow

if TYPE_CHECKING:
    from ...settings import Settings

WAITING: Final = (
    select(OutboxRow.id)
    .where(OutboxRow.context == bindparam("context"))
    .order_by(OutboxRow.published_at, OutboxRow.number)
)
ONE: Final = select(OutboxRow.envelope).where(OutboxRow.id == bindparam("id"))


def reachable(settings: "Settings") -> Collection[str]:
    """The contexts whose consumers get what is passed on here."""
    return settings.served


class Passing:
    """Passes on what contexts have published in one database.

    An event stays in the outbox until its consumer is done, and is sent once by each
    process: what one left undone is sent by the next.
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
        self._sent: set[str] = set()

    async def pass_on(self) -> int:
        """Send what was not sent yet; how many. Raises Unavailable."""
        waiting = [
            str(row[0])
            for context in self._contexts
            for row in await self._database.fetch(WAITING, {"context": context})
        ]
        new = [id for id in waiting if id not in self._sent]
        self._sent.intersection_update(waiting)
        return sum([await self._send(id) for id in new])

    async def _send(self, id: str) -> bool:
        rows = await self._database.fetch(ONE, {"id": id})
        if not rows:
            return False  # it is done meanwhile
        envelope = Envelope.model_validate(rows[0][0])
        if envelope.context not in self._reachable:
            return False
        await self._queue.send(envelope)
        self._sent.add(id)
        return True
