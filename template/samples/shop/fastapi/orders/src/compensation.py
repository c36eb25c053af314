"""Undoing what an order did in other contexts."""

from collections.abc import Awaitable
from uuid import UUID

from pydantic import MISSING

from ..platform.errors import AppError, Conflict, NotFound
from ..platform.logging import get_logger
from .contexts import Contexts
from .generated.schemas import Order
from .payment import payment_of

log = get_logger(__name__)


async def attempt(
    step: str, order_id: UUID, work: Awaitable[object]
) -> AppError | None:
    """Do a step of a compensation; its failure is logged and handed back, not raised.

    The customer is told the error that made it necessary.
    """
    try:
        await work
    except AppError as error:
        log.error(
            "compensation_failed", order=str(order_id), step=step, code=error.code
        )
        return error
    return None


async def undo(contexts: Contexts, order: Order) -> None:
    """Give the money and the stock of an order back, whatever it has of them.

    May be repeated, and finishes what was interrupted: afterwards nothing can be
    charged or taken out of stock for the order. Tries both, and then raises the first
    error.
    """
    failures = [
        await attempt("money", order.id, _give_money_back(contexts, order)),
        await attempt("stock", order.id, _give_stock_back(contexts, order)),
    ]
    for failure in failures:
        if failure is not None:
            raise failure


async def _give_money_back(contexts: Contexts, order: Order) -> None:
    payment_id = order.payment_id
    if payment_id is MISSING:
        payment_id = (await payment_of(contexts, order)).id
    try:
        await contexts.payments.cancel_payment(payment_id)
    except Conflict as error:
        if error.code == "payment_succeeded":
            await contexts.payments.refund_payment(payment_id)
        elif error.code != "payment_refunded":
            raise


async def _give_stock_back(contexts: Contexts, order: Order) -> None:
    try:
        await contexts.inventory.release_reservation(order.reservation_id)
    except NotFound:
        log.warning("reservation_missing", order=str(order.id))
