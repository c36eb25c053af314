"""The scheduler: leaves a job for each slot of each schedule, once."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfoNotFoundError

from pydantic import BaseModel
from sqlalchemy import select, text, update

from ..columns import utc_now
from ..database import DatabaseFailure
from ..errors import AppError, reason_of
from ..logging import get_logger
from .job import Job, Nothing
from .model import ScheduleRow
from .outcomes import utc_parameters
from .queue import JobQueue
from .schedule import (
    LATE,
    ONE_START,
    AfterStart,
    AnySchedule,
    InZone,
    LocalSchedule,
    Missed,
    Schedule,
    Timetable,
)

TICK_SECONDS: Final = 1.0
CLEAN_UP_TICKS: Final = 600

ADD = utc_parameters(
    text(
        "INSERT INTO job_queue_schedules (name, zone, last_slot)"
        " VALUES (:name, :zone, :now) ON CONFLICT DO NOTHING"
    )
)

log = get_logger(__name__)


class Scheduler:
    """Any number of them may run: a slot is taken by a conditional UPDATE.

    It has one row a schedule, with the newest slot that was taken.
    """

    def __init__(
        self,
        queue: JobQueue,
        schedules: Iterable[AnySchedule],
        service_of: Callable[[str], object],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._queue = queue
        self._schedules = tuple(schedules)
        self._service_of = service_of
        self._now = now
        self._started = now()
        self._last: dict[tuple[str, str], datetime] = {}
        self._ticks = 0
        self._is_away = False

    async def run(self, finish: asyncio.Event) -> None:
        """Look at the clock every second until `finish`."""
        while not finish.is_set():
            await self.tick()
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await finish.wait()
            except TimeoutError:
                pass

    async def tick(self) -> None:
        """Leave the jobs that are due now, and those that somebody wants replayed."""
        try:
            for schedule in self._schedules:
                await self._look_at(schedule)
            await self._queue.dead_letters.replay(self._queue.send)
            if self._ticks % CLEAN_UP_TICKS == 0:
                await self._queue.clean_up()
            self._ticks += 1
        except (AppError, DatabaseFailure) as error:
            if not self._is_away:
                log.warning("schedules_paused", reason=reason_of(error))
            self._is_away = True
        else:
            if self._is_away:
                log.info("schedules_resumed")
            self._is_away = False

    async def _look_at(self, schedule: AnySchedule) -> None:
        if isinstance(schedule, Schedule):
            await self._due(
                schedule.job, Nothing(), "", schedule.timetable, schedule.missed
            )
            return
        for zone in await self._zones(schedule):
            try:
                timetable = schedule.timetable(zone)
            except (ZoneInfoNotFoundError, ValueError):
                continue  # a user's zone that this machine does not know
            await self._due(
                schedule.job, InZone(zone=zone), zone, timetable, schedule.missed
            )

    async def _zones(self, schedule: LocalSchedule[Any]) -> Iterable[str]:
        return await schedule.zones(self._service_of(schedule.job.context))

    async def _due(
        self,
        job: Job[Any, Any],
        payload: BaseModel,
        zone: str,
        timetable: Timetable,
        missed: Missed,
    ) -> None:
        """Take the newest slot, if it is due and nobody has taken it."""
        now = self._now()
        is_start = isinstance(timetable, AfterStart)
        slot = timetable.newest(now, self._started)
        key = (job.name, zone)
        if key not in self._last:
            self._last[key] = await self._last_slot(*key, is_start, now)
        if slot is None or slot <= self._last[key]:
            return
        free = ScheduleRow.last_slot < (slot - ONE_START if is_start else slot)
        async with self._queue.database.transaction() as session:
            taken = await session.scalar(
                update(ScheduleRow)
                .where(ScheduleRow.name == job.name, ScheduleRow.zone == zone, free)
                .values(last_slot=slot)
                .returning(ScheduleRow.name)
            )
            if taken and (missed == "run-once" or now - slot <= LATE):
                # before the commit, and with an id that is the slot's: it may be left
                # twice where the process ends here, and is never missing
                id = uuid5(NAMESPACE_OID, f"{job.name} {zone} {slot.isoformat()}").hex
                await self._queue.enqueue(job, payload, id=id)
        self._last[key] = slot

    async def _last_slot(
        self, name: str, zone: str, is_start: bool, now: datetime
    ) -> datetime:
        """The newest slot that was taken; a schedule that is new begins now."""
        begins = self._started - 2 * ONE_START if is_start else now
        async with self._queue.database.transaction() as session:
            await session.execute(ADD, {"name": name, "zone": zone, "now": begins})
            query = select(ScheduleRow.last_slot).where(
                ScheduleRow.name == name, ScheduleRow.zone == zone
            )
            return (await session.scalars(query)).one()
