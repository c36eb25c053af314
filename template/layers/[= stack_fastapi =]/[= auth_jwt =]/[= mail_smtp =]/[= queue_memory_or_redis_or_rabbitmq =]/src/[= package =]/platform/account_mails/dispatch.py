"""Leaves mails to accounts to the workers."""

from uuid import UUID

from ..errors import Unavailable, reason_of
from ..job_queue.queue import JobQueue
from ..logging import get_logger
from .jobs import SEND_RESET, SEND_WELCOME, OfAccount, OfAddress

log = get_logger(__name__)


class Dispatch:
    """Has mails sent by jobs, which are the same for addresses that nobody has."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    async def reset(self, email: str) -> None:
        """Have a link sent. Raises Unavailable where the queue is away."""
        await self._queue.enqueue(SEND_RESET, OfAddress(email=email))

    async def welcome(self, account_id: UUID) -> None:
        """Have an account welcomed; a queue that is away leaves it to the schedule."""
        given = OfAccount(account_id=account_id)
        try:
            await self._queue.enqueue(SEND_WELCOME, given)
        except Unavailable as error:
            log.warning("welcome_left", reason=reason_of(error))
