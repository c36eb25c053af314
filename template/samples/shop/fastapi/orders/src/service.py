"""Use cases of the orders context: it leads the others through a sale.

Every step in another context may be repeated; when one fails, those before it are
undone. Whoever is killed between two steps leaves an order that is due: what it lacks
is done later, by whoever looks at it next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID, uuid4

from pydantic import MISSING

from ..catalog.generated.port import Product
from ..inventory.generated.port import (
    Reservation,
    ReservationCreate,
    ReservationLineCreate,
)
from ..payments.generated.port import PaymentConfirm
from ..platform.columns import utc_now
from ..platform.database import Database
from ..platform.errors import AppError, Conflict, FieldError, NotFound
from .changes import OrderChanges
from .compensation import attempt, undo
from .contexts import Contexts
from .errors import CustomerUnknown, OrderCancelled, ReservationExpired
from .generated.schemas import (
    CancellationReason,
    Order,
    OrderCreate,
    OrderLineCreate,
    OrderPay,
)
from .payment import payment_of
from .pricing import price_of
from .state import CANCELLABLE, DUE, OPEN, UNFINISHED, change, is_over

# Longer than any request takes: who was at work on the order is so no more.
STUCK: Final = timedelta(minutes=2)
AT_ONCE: Final = 100
NOBODY: Final = UUID(int=0)


class OrdersService(OrderChanges):
    """Orders, from the price to the payment or the cancellation.

    An order's state changes by a conditional UPDATE: of a payment and a cancellation
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
            order = await self.store(
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
        return await self.get_order(order_id)

    async def pay_order(self, order_id: UUID, body: OrderPay) -> Order:
        """Take the money, then the goods out of stock.

        Refusals are common: until the money is there, nothing has to be undone. Raises
        OrderCancelled, ReservationExpired, a PaymentRequired of code payment_declined.
        """
        order = await self.get_order(order_id)
        if is_over(order):
            raise OrderCancelled("The order is cancelled.")
        if order.status == "paid":
            return order
        if self.now() >= order.expires_at:
            return await self._paid_or_expired(order_id)
        if not await self._charge(order, body.payment_method):
            await self._cancel(order_id, "requested")
            raise OrderCancelled("The order's payment was cancelled.")
        return await self._hand_over(order)

    async def cancel_order(self, order_id: UUID) -> Order:
        """Give stock and money back, or finish doing so."""
        return await self._cancel(order_id, "requested")

    async def due(self) -> AsyncIterator[UUID]:
        """Orders that were not paid in time, and interrupted cancellations."""
        now, last = self.now(), NOBODY
        while True:
            rows = await self.database.fetch(
                DUE,
                {"after": last, "now": now, "stuck": now - STUCK, "limit": AT_ONCE},
            )
            for (order_id,) in rows:
                last = cast(UUID, order_id)
                yield last
            if len(rows) < AT_ONCE:
                return

    async def settle(self, order_id: UUID) -> Order:
        """Bring an order to the end that it is to have, whoever began it.

        One that is charged for gets its goods, if they are still reserved; any other
        one is cancelled when its time is over. The order as it is now.
        """
        order = await self.get_order(order_id)
        if is_over(order):
            return await self._finish_cancellation(order_id)
        if order.status == "paid":
            return order
        payment = await payment_of(self.contexts, order)
        try:
            if payment.status == "succeeded":
                return await self._hand_over(order)
            if self.now() >= order.expires_at:
                return await self._paid_or_expired(order_id)
        except (OrderCancelled, ReservationExpired):
            pass  # that is its end
        return await self.get_order(order_id)

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
        payment = await payment_of(self.contexts, order)
        async with self.database.transaction() as session:
            is_open = await change(session, order.id, OPEN, payment_id=payment.id)
        if not is_open and is_over(await self.get_order(order.id)):
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

    async def _hand_over(self, order: Order) -> Order:
        """Take the goods of an order out of stock, which is charged for.

        Raises OrderCancelled, ReservationExpired.
        """
        try:
            await self.contexts.inventory.confirm_reservation(order.reservation_id)
        except Conflict:
            return await self._paid_or_expired(order.id)
        order = await self.end(order, OPEN, "paid")
        if is_over(order):
            await self._finish_cancellation(order.id)
            raise OrderCancelled("The order was cancelled while it was paid.")
        return order

    async def _paid_or_expired(self, order_id: UUID) -> Order:
        """The order, if somebody paid it in time; raises ReservationExpired otherwise.

        Then it is cancelled, and what was charged for it is given back.
        """
        order = await self._cancel(order_id, "reservation_expired")
        if not is_over(order):
            return order
        if order.cancellation_reason != "reservation_expired":
            raise OrderCancelled("The order is cancelled.")
        raise ReservationExpired("The reservation of the order has expired.")

    async def _cancel(self, order_id: UUID, reason: CancellationReason) -> Order:
        """Cancel the order, if this reason may; the order as it is now."""
        async with self.database.transaction() as session:
            await change(
                session, order_id, CANCELLABLE[reason], cancellation_reason=reason
            )
        return await self._finish_cancellation(order_id)

    async def _finish_cancellation(self, order_id: UUID) -> Order:
        """Undo what the order did, if it is to be cancelled; the order as it is now."""
        order = await self.get_order(order_id)
        if order.status == "cancelled" or not is_over(order):
            return order
        await undo(self.contexts, order)
        return await self.end(order, UNFINISHED, "cancelled")
