"""Use cases of the orders context: it leads the others through a sale.

Every step in another context may be repeated; when one fails, those before it are
undone.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from pydantic import MISSING
from sqlalchemy import update

from ..catalog.generated.port import Product
from ..inventory.generated.port import (
    Reservation,
    ReservationCreate,
    ReservationLineCreate,
)
from ..notifications.generated.port import NotificationKind
from ..payments.generated.port import PaymentConfirm, PaymentCreate
from ..platform.columns import utc_now
from ..platform.database import Database
from ..platform.errors import AppError, Conflict, FieldError, NotFound
from ..platform.logging import get_logger
from .compensation import attempt, undo
from .contexts import Contexts
from .errors import CustomerUnknown, OrderCancelled, ReservationExpired
from .generated.model import OrderRow
from .generated.operations import OrdersOperations
from .generated.schemas import (
    CancellationReason,
    Order,
    OrderCreate,
    OrderLineCreate,
    OrderPay,
    OrderStatus,
)
from .messages import message_of
from .pricing import price_of

CANCELLABLE: Final[dict[CancellationReason, tuple[OrderStatus, ...]]] = {
    "requested": ("awaiting_payment", "paid"),
    "payment_unavailable": ("awaiting_payment",),
    "reservation_expired": ("awaiting_payment",),
}

log = get_logger(__name__)


class OrdersService(OrdersOperations):
    """Orders, from the price to the payment or the cancellation.

    An order's status changes by a conditional UPDATE: of a payment and a cancellation
    at the same moment one wins, and the other one undoes what it did.
    """

    def __init__(
        self,
        database: Database,
        contexts: Contexts,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(database, contexts)
        self.contexts = contexts
        self.now = now

    async def place_order(self, body: OrderCreate) -> Order:
        """Price the lines, reserve their stock, store the order, open its payment.

        Raises CustomerUnknown, ProductUnavailable, MixedCurrencies, a Conflict of code
        insufficient_stock.
        """
        await self._check_customer(body.customer_id)
        price = price_of(body.lines, await self._products(body.lines))
        order_id = uuid4()
        reservation = await self._reserve(order_id, body.lines)
        try:
            order = await self.orders.create(
                {
                    "id": order_id,
                    "customer_id": body.customer_id,
                    "status": "awaiting_payment",
                    "lines": price.lines,
                    "currency": price.currency,
                    "total": price.total,
                    "shipping_address": body.shipping_address,
                    "reservation_id": reservation.id,
                    "expires_at": reservation.expires_at,
                }
            )
        except AppError:
            release = self.contexts.inventory.release_reservation(reservation.id)
            await attempt("release", order_id, release)
            raise
        # only now: money never belongs to an order that does not exist
        try:
            await self._open_payment(order)
        except AppError:
            cancellation = self._cancel(order_id, "payment_unavailable")
            await attempt("cancel", order_id, cancellation)
            raise
        order = await self.get_order(order_id)
        await self._notify("order_placed", order)
        return order

    async def pay_order(self, order_id: UUID, body: OrderPay) -> Order:
        """Take the money, then the goods out of stock.

        Refusals are common: until the money is there, nothing has to be undone. Raises
        OrderCancelled, ReservationExpired, a PaymentRequired of code payment_declined.
        """
        order = await self.get_order(order_id)
        if order.status == "paid":
            return order
        if order.status == "cancelled":
            raise OrderCancelled("The order is cancelled.")
        if self.now() >= order.expires_at:
            return await self._paid_or_expired(order_id)
        if not await self._charge(order, body.payment_method):
            await self._cancel(order_id, "requested")
            raise OrderCancelled("The order's payment was cancelled.")
        try:
            await self.contexts.inventory.confirm_reservation(order.reservation_id)
        except Conflict:
            return await self._paid_or_expired(order_id)
        paid = await self._change(order_id, ("awaiting_payment",), status="paid")
        order = await self.get_order(order_id)
        if order.status == "cancelled":
            await undo(self.contexts, order)
            raise OrderCancelled("The order was cancelled while it was paid.")
        if paid:
            await self._notify("order_paid", order)
        return order

    async def cancel_order(self, order_id: UUID) -> Order:
        """Give stock and money back; for a cancelled order, finish doing so."""
        return await self._cancel(order_id, "requested")

    async def _check_customer(self, customer_id: UUID) -> None:
        try:
            await self.contexts.users.get_user(customer_id)
        except NotFound:
            message = "There is no such customer."
            broken = FieldError("/body/customerId", message, CustomerUnknown.code)
            raise CustomerUnknown(message, errors=[broken]) from None

    async def _products(
        self, lines: Collection[OrderLineCreate]
    ) -> dict[UUID, Product]:
        """The products of the lines, as far as there are such."""

        async def find(product_id: UUID) -> Product | None:
            try:
                return await self.contexts.catalog.get_product(product_id)
            except NotFound:
                return None

        ids = {line.product_id for line in lines}
        found = await asyncio.gather(*(find(product_id) for product_id in ids))
        return {product.id: product for product in found if product is not None}

    async def _reserve(
        self, order_id: UUID, lines: Sequence[OrderLineCreate]
    ) -> Reservation:
        """Reserve line by line, in order: inventory's pointers hold for the order too.

        When the answer is lost, nobody confirms the reservation and it expires.
        """
        wanted = [
            ReservationLineCreate(product_id=line.product_id, quantity=line.quantity)
            for line in lines
        ]
        return await self.contexts.inventory.reserve_stock(
            ReservationCreate(order_id=order_id, lines=wanted)
        )

    async def _open_payment(self, order: Order) -> UUID:
        """The id of the order's payment; raises OrderCancelled when it is too late."""
        payment = await self.contexts.payments.create_payment(
            PaymentCreate(
                order_id=order.id, amount=order.total, currency=order.currency
            )
        )
        if not await self._change(
            order.id, ("awaiting_payment",), payment_id=payment.id
        ):
            order = await self.get_order(order.id)
            if order.status == "cancelled":
                # the cancellation may not have seen this payment
                await undo(self.contexts, order)
                raise OrderCancelled("The order is cancelled.")
        return payment.id

    async def _charge(self, order: Order, payment_method: str) -> bool:
        """Whether the order is paid for; not when its payment was cancelled."""
        payment_id = order.payment_id
        if payment_id is MISSING:
            # placing the order was interrupted
            payment_id = await self._open_payment(order)
        try:
            await self.contexts.payments.confirm_payment(
                payment_id, PaymentConfirm(payment_method=payment_method)
            )
        except Conflict as error:
            if error.code not in ("payment_cancelled", "payment_refunded"):
                raise
            return False
        return True

    async def _paid_or_expired(self, order_id: UUID) -> Order:
        """The order, if somebody paid it in time; raises ReservationExpired otherwise.

        Then it is cancelled, and what was charged for it is given back.
        """
        order = await self._cancel(order_id, "reservation_expired")
        if order.status == "paid":
            return order
        if order.cancellation_reason != "reservation_expired":
            raise OrderCancelled("The order is cancelled.")
        raise ReservationExpired("The reservation of the order has expired.")

    async def _cancel(self, order_id: UUID, reason: CancellationReason) -> Order:
        """Cancel the order, if this reason may, and undo it; the order as it is now.

        The status comes first: from then on no payment can win.
        """
        cancelled = await self._change(
            order_id,
            CANCELLABLE[reason],
            status="cancelled",
            cancellation_reason=reason,
        )
        order = await self.get_order(order_id)
        if order.status == "cancelled":
            await undo(self.contexts, order)
        if cancelled:
            await self._notify("order_cancelled", order)
        return order

    async def _change(
        self, order_id: UUID, before: tuple[OrderStatus, ...], **values: object
    ) -> bool:
        """Set the values if the order has one of these states; whether it had."""
        async with self.database.transaction() as session:
            changed = await session.scalar(
                update(OrderRow)
                .where(OrderRow.id == order_id, OrderRow.status.in_(before))
                .values(**values)
                .returning(OrderRow.id)
            )
        return changed is not None

    async def _notify(self, kind: NotificationKind, order: Order) -> None:
        """Tell the customer; an order never fails because that does."""
        try:
            customer = await self.contexts.users.get_user(order.customer_id)
            await self.contexts.notifications.create_notification(
                message_of(kind, order, customer.email)
            )
        except AppError as error:
            log.warning(
                "notification_lost", order=str(order.id), kind=kind, code=error.code
            )
