"""Changes of a payment's status, each one conditional UPDATE with the event of it."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..platform.domain_events.outbox import publish
from .events import PaymentRefunded, PaymentSucceeded
from .generated.model import PaymentRow
from .generated.schemas import PaymentStatus

TOLD: Final[
    Mapping[PaymentStatus, type[PaymentSucceeded] | type[PaymentRefunded]]
] = {
    "succeeded": PaymentSucceeded,
    "refunded": PaymentRefunded,
}


async def set_status(
    session: AsyncSession, which: ColumnElement[bool], status: PaymentStatus
) -> bool:
    """Give the payment that is meant this status; whether there was one."""
    changed = (
        await session.execute(
            update(PaymentRow)
            .where(which)
            .values(status=status)
            .returning(PaymentRow.id, PaymentRow.order_id)
        )
    ).one_or_none()
    if changed is None:
        return False
    if status in TOLD:
        payment_id, order_id = changed
        await publish(session, TOLD[status](payment_id=payment_id, order_id=order_id))
    return True
