"""The state of an order, and the conditional UPDATE by which it changes.

A cancellation is decided first, by its reason: from then on no payment can win. The
status says so when money and stock have been given back.
"""

from typing import Final
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from ..platform.columns import UtcDateTime
from .generated.model import OrderRow
from .generated.schemas import CancellationReason, Order

UNDECIDED: Final = OrderRow.cancellation_reason.is_(None)
OPEN: Final = and_(OrderRow.status == "awaiting_payment", UNDECIDED)
UNFINISHED: Final = and_(
    OrderRow.cancellation_reason.is_not(None), OrderRow.status != "cancelled"
)
CANCELLABLE: Final[dict[CancellationReason, ColumnElement[bool]]] = {
    "requested": and_(OrderRow.status.in_(("awaiting_payment", "paid")), UNDECIDED),
    "payment_unavailable": OPEN,
    "reservation_expired": OPEN,
}

# Orders that somebody has to bring to an end, by id.
DUE: Final = (
    select(OrderRow.id)
    .where(
        OrderRow.id > bindparam("after", type_=Uuid()),
        or_(
            and_(OPEN, OrderRow.expires_at <= bindparam("now", type_=UtcDateTime())),
            and_(
                UNFINISHED,
                OrderRow.updated_at <= bindparam("stuck", type_=UtcDateTime()),
            ),
        ),
    )
    .order_by(OrderRow.id)
    .limit(bindparam("limit", type_=BigInteger()))
)


def is_over(order: Order) -> bool:
    """Whether the order is cancelled, or about to be."""
    return order.cancellation_reason is not MISSING


async def change(
    session: AsyncSession,
    order_id: UUID,
    condition: ColumnElement[bool],
    **values: str | UUID,
) -> bool:
    """Set the values if the order meets the condition; whether it did."""
    changed = await session.scalar(
        update(OrderRow)
        .where(OrderRow.id == order_id, condition)
        .values(**values)
        .returning(OrderRow.id)
    )
    return changed is not None
