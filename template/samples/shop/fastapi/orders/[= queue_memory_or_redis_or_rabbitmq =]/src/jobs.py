"""Jobs of the orders context: what was sold."""

from datetime import timedelta

from pydantic import JsonValue
from sqlalchemy import func, select

from ..platform.columns import utc_now
from ..platform.job_queue.job import Job, Nothing, Run
from ..platform.job_queue.priority import LOW
from ..platform.job_queue.schedule import Cron, Schedule
from ..platform.logging import get_logger
from .generated.model import OrderRow
from .service import OrdersService

log = get_logger(__name__)


async def report_week(
    service: OrdersService, given: Nothing, run: Run
) -> dict[str, JsonValue]:
    """What was sold in the last seven days, by currency, in its smallest unit."""
    query = (
        select(OrderRow.currency, func.count(), func.sum(OrderRow.total))
        .where(
            OrderRow.status == "paid",
            OrderRow.created_at >= utc_now() - timedelta(days=7),
        )
        .group_by(OrderRow.currency)
    )
    async with service.database.transaction() as session:
        rows = (await session.execute(query)).all()
    report: dict[str, JsonValue] = {
        currency: {"orders": orders, "total": int(total)}
        for currency, orders, total in rows
    }
    log.info("week_reported", sold=report)
    return report


REPORT_WEEK = Job("orders.report_week", report_week, Nothing, priority=LOW)

JOBS = (REPORT_WEEK,)
SCHEDULES = (Schedule(REPORT_WEEK, Cron("0 6 * * MON", "Europe/Berlin")),)
