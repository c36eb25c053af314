"""The jobs that send mails to accounts."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from ..job_queue.job import Job, Nothing, Run
from ..job_queue.priority import NORMAL
from ..job_queue.retry import Exponential
from ..job_queue.schedule import Every, Schedule
from ..mailer.errors import MailDelayed
from .sending import AccountMails

# High, and before what else is so: somebody waits for it.
RESET_PRIORITY: Final = 2


class OfAddress(BaseModel):
    """An address, which may be nobody's."""

    email: str


class OfAccount(BaseModel):
    """An account."""

    account_id: UUID


async def send_reset(mails: AccountMails, given: OfAddress, run: Run) -> None:
    """Send a link; the token is made here, so that no queue ever holds it."""
    await mails.send_reset(given.email, run.id)


async def send_welcome(mails: AccountMails, given: OfAccount, run: Run) -> None:
    """Welcome an account; where no server takes the mail, the schedule does it."""
    try:
        await mails.send_welcome(given.account_id)
    except MailDelayed:
        return


async def send_left(mails: AccountMails, given: Nothing, run: Run) -> None:
    """Welcome those whom nobody has welcomed: a process died, or the server did."""
    await mails.send_left()


SEND_RESET = Job(
    "account_mails.send_reset",
    send_reset,
    OfAddress,
    priority=RESET_PRIORITY,
    attempts=7,
    retry=Exponential(first_seconds=2),
)
SEND_WELCOME = Job(
    "account_mails.send_welcome", send_welcome, OfAccount, priority=NORMAL
)
SEND_LEFT = Job("account_mails.send_left", send_left, Nothing, timeout_seconds=300)

JOBS = (SEND_RESET, SEND_WELCOME, SEND_LEFT)
SCHEDULES = (Schedule(SEND_LEFT, Every(timedelta(minutes=1))),)
