"""Jobs of the notifications context: what was not sent is sent later."""

from datetime import timedelta
from typing import Final

from ..platform.job_queue.job import Job, Nothing, Run
from ..platform.job_queue.schedule import Every, Schedule
from ..platform.mailer.errors import MailDelayed
from .service import NotificationsService

MOST_DELAYED: Final = 3


async def send_left(service: NotificationsService, given: Nothing, run: Run) -> None:
    """Send messages that stayed queued.

    One that is not taken is left for later. After a few it is the server that takes
    none, and the job ends.
    """
    delayed = 0
    for message in await service.left():
        try:
            await service.send(message)
        except MailDelayed:
            await service.keep(message)
            delayed += 1
            if delayed == MOST_DELAYED:
                return


SEND_LEFT = Job("notifications.send_left", send_left, Nothing, timeout_seconds=300)

JOBS = (SEND_LEFT,)
SCHEDULES = (Schedule(SEND_LEFT, Every(timedelta(minutes=1))),)
