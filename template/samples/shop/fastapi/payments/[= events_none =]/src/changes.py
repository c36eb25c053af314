"""Changes of a payment's status, each one conditional UPDATE."""

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from .generated.model import PaymentRow
from .generated.schemas import PaymentStatus


async def set_status(
    session: AsyncSession, which: ColumnElement[bool], status: PaymentStatus
) -> bool:
    """Give the payment that is meant this status; whether there was one."""
    changed = await session.scalar(
        update(PaymentRow).where(which).values(status=status).returning(PaymentRow.id)
    )
    return changed is not None
