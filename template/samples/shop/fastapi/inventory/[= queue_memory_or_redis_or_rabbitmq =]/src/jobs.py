"""Jobs of the inventory context: nothing is reserved or kept beyond its time."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from ..platform.job_queue.job import Job, Nothing, Run
from ..platform.job_queue.priority import BATCH, HIGH
from ..platform.job_queue.schedule import Cron, Every, Schedule
from .generated.model import ReservationRow
from .service import InventoryService

KEPT: Final = timedelta(days=30)
OVER: Final = ("expired", "released")


async def expire_reservations(
    service: InventoryService, given: Nothing, run: Run
) -> None:
    """Free the stock of reservations past their time."""
    while await service.expire_due():
        pass


async def clean_up(
    service: InventoryService, given: Nothing, run: Run
) -> dict[str, int]:
    """Forget reservations that have been over for 30 days; how many they were."""
    async with service.database.transaction() as session:
        removed = await session.scalars(
            delete(ReservationRow)
            .where(
                ReservationRow.status.in_(OVER),
                ReservationRow.updated_at < service.now() - KEPT,
            )
            .returning(ReservationRow.id)
        )
        return {"removed": len(removed.all())}


EXPIRE = Job(
    "inventory.expire_reservations", expire_reservations, Nothing, priority=HIGH
)
CLEAN_UP = Job("inventory.clean_up", clean_up, Nothing, priority=BATCH)

JOBS = (EXPIRE, CLEAN_UP)
SCHEDULES = (
    Schedule(EXPIRE, Every(timedelta(minutes=1))),
    Schedule(CLEAN_UP, Cron("30 3 * * *")),
)
