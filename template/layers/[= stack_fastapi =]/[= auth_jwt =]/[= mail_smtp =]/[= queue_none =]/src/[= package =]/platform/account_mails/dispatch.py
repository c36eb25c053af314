"""Sends mails to accounts beside the requests that asked for them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final
from uuid import UUID, uuid4

from ..errors import AppError, TooManyRequests, reason_of
from ..logging import get_logger
from .sending import AccountMails

# What is sent at a time; a flood of requests opens no more connections than this.
MOST_AT_ONCE: Final = 50
SECONDS_TO_WAIT: Final = 10

log = get_logger(__name__)


class Dispatch:
    """Has mails sent in the background; what is not sent when the process dies is lost.

    Welcomes are the exception: they are in the database, and whoever registers next
    has those sent that were left.
    """

    def __init__(self, mails: AccountMails) -> None:
        self._mails = mails
        self._tasks: set[asyncio.Task[None]] = set()

    async def reset(self, email: str) -> None:
        """Have a link sent; raises TooManyRequests, whosever the address is."""
        if len(self._tasks) >= MOST_AT_ONCE:
            raise TooManyRequests(
                "Too many ask for mails at once",
                headers={"Retry-After": str(SECONDS_TO_WAIT)},
            )
        self._begin(self._mails.send_reset(email, uuid4().hex))

    async def welcome(self, account_id: UUID) -> None:
        """Have an account welcomed, and those who are left."""
        if len(self._tasks) < MOST_AT_ONCE:
            self._begin(self._send_welcomes(account_id))

    async def close(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._tasks)

    async def _send_welcomes(self, account_id: UUID) -> None:
        await self._mails.send_welcome(account_id)
        await self._mails.send_left()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_finished(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _finished(work: Coroutine[Any, Any, None]) -> None:
    """Do what nobody waits for; the log hears of failures."""
    try:
        await work
    except AppError as error:
        log.warning("account_mail_failed", reason=reason_of(error))
    except Exception:
        log.exception("account_mail_failed")
