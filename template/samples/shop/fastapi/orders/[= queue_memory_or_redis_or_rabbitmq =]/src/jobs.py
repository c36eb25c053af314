"""Jobs of the orders context: every order comes to its end, and what was sold."""

from datetime import timedelta

from pydantic import JsonValue
from sqlalchemy import func, select

from ..platform.columns import utc_now
from ..platform.job_queue.job import Job, Nothing, Run
from ..platform.job_queue.priority import HIGH, LOW
from ..platform.job_queue.schedule import Cron, Every, Schedule
from ..platform.logging import get_logger
from .compensation import attempt
from .generated.model import OrderRow
from .service import OrdersService

log = get_logger(__name__)


async def settle_orders(service: OrdersService, given: Nothing, run: Run) -> None:
    """Bring orders past their time, and interrupted cancellations, to their end.

    What fails holds up no other order, and is tried again when the job runs again.
    """
    async for order_id in service.due():
        await attempt("settle", order_id, service.settle(order_id))


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


SETTLE = Job(
    "orders.settle_orders",
    settle_orders,
    Nothing,
    priority=HIGH,
    timeout_seconds=300,
)
REPORT_WEEK = Job("orders.report_week", report_week, Nothing, priority=LOW)

JOBS = (SETTLE, REPORT_WEEK)
SCHEDULES = (
    Schedule(SETTLE, Every(timedelta(minutes=1))),
    Schedule(REPORT_WEEK, Cron("0 6 * * MON", "Europe/Berlin")),
)
