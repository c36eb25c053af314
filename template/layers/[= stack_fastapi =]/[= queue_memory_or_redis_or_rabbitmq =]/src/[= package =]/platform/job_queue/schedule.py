"""When jobs are due by the clock; each time is a slot, and has one run."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Generic, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from cronsim import CronSim
from pydantic import BaseModel, ConfigDict

from .job import Job, Nothing

Service = TypeVar("Service")

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
# Starts that are less than this apart are one: of several workers, or a quick restart.
ONE_START: Final = timedelta(minutes=1)

# What becomes of slots that passed while no worker was there: the newest is made up
# for, or none that is older than LATE.
Missed = Literal["run-once", "skip"]
LATE: Final = timedelta(minutes=1)


class Timetable(Protocol):
    """The slots of a schedule."""

    def newest(self, now: datetime, started: datetime) -> datetime | None:
        """The last slot that is not after `now`; both are in UTC."""


@dataclass(frozen=True, slots=True)
class Cron:
    """By a cron expression of five fields, in a time zone.

    When clocks change, a time of day that is left out is made up for at once, and one
    that comes twice is used once, as Debian's cron has it.
    """

    expression: str
    zone: str = "UTC"

    def __post_init__(self) -> None:
        CronSim(self.expression, datetime.now(ZoneInfo(self.zone)))

    def newest(self, now: datetime, started: datetime) -> datetime | None:
        """The last slot that is not after `now`."""
        # the library looks before a minute: now may be a slot itself
        local = (now + timedelta(seconds=1)).astimezone(ZoneInfo(self.zone))
        found: datetime = next(CronSim(self.expression, local, reverse=True))
        return found.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Every:
    """At equal distances, whenever workers start."""

    interval: timedelta

    def __post_init__(self) -> None:
        if self.interval < timedelta(seconds=1):
            raise ValueError("an interval is a second at least")

    def newest(self, now: datetime, started: datetime) -> datetime | None:
        """The last slot that is not after `now`."""
        return EPOCH + (now - EPOCH) // self.interval * self.interval


@dataclass(frozen=True, slots=True)
class AfterStart:
    """Once after workers start; starts within a minute are one."""

    delay: timedelta = timedelta()

    def newest(self, now: datetime, started: datetime) -> datetime | None:
        """The start and the delay, once it is over."""
        slot = started + self.delay
        return slot if slot <= now else None


class InZone(BaseModel):
    """The payload of a job that is due in one time zone, such as `Europe/Berlin`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: str


Zones = Callable[[Service], Awaitable[Collection[str]]]


@dataclass(frozen=True)
class Schedule:
    """A job that is due by the clock."""

    job: Job[Any, Nothing]
    timetable: Timetable
    missed: Missed = "run-once"


@dataclass(frozen=True)
class LocalSchedule(Generic[Service]):
    """A job that is due every day at one time of day of each user.

    `zones` asks the context's service which zones there are users in.
    """

    job: Job[Service, InZone]
    at: time
    zones: Zones[Service]
    missed: Missed = "skip"

    def timetable(self, zone: str) -> Cron:
        """The slots of one zone."""
        return Cron(f"{self.at.minute} {self.at.hour} * * *", zone)


AnySchedule = Schedule | LocalSchedule[Any]
