"""Use cases of the payments context: every order is charged once at most."""

from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..platform.database import Database
from ..platform.errors import Conflict
from ..platform.payment_provider.port import (
    ChangeKind,
    Money,
    PaymentChange,
    PaymentProvider,
)
from .changes import set_status
from .contexts import Contexts
from .errors import (
    PaymentCancelled,
    PaymentDiffers,
    PaymentNotSucceeded,
    PaymentPending,
    PaymentRefunded,
    PaymentSucceeded,
)
from .generated.model import PaymentRow
from .generated.operations import PaymentsOperations
from .generated.schemas import (
    Payment,
    PaymentConfirm,
    PaymentCreate,
    PaymentStatus,
)

# What the provider tells, and which statuses go forward by it; it tells in any order.
FORWARD: Final[dict[ChangeKind, tuple[tuple[PaymentStatus, ...], PaymentStatus]]] = {
    "succeeded": (("requires_confirmation",), "succeeded"),
    "cancelled": (("requires_confirmation",), "cancelled"),
    "refunded": (("requires_confirmation", "succeeded"), "refunded"),
}


class PaymentsService(PaymentsOperations):
    """Payments and their state; the provider moves the money.

    A status changes by a conditional UPDATE: of several callers one makes the change,
    the others see it. The provider's webhooks bring what no caller has seen.
    """

    def __init__(self, database: Database, contexts: Contexts) -> None:
        super().__init__(database, contexts)
        self.contexts = contexts

    @property
    def provider(self) -> PaymentProvider:
        """Who moves the money."""
        return self.contexts.payment_provider

    async def create_payment(self, body: PaymentCreate) -> Payment:
        """Announce the amount, once for each order; raises PaymentDiffers."""
        if (known := await self._of_order(body)) is not None:
            return known
        # the order is the key: whoever asks again gets the same intent
        intent = await self.provider.create_intent(
            Money(body.amount, body.currency), idempotency_key=f"order-{body.order_id}"
        )
        values = {
            "order_id": body.order_id,
            "amount": body.amount,
            "currency": body.currency,
            "status": "requires_confirmation",
            "provider_reference": intent.reference,
        }
        try:
            return await self.payments.create(values)
        except Conflict:
            # the same order at the same moment: its payment is the answer to both
            if (known := await self._of_order(body)) is None:
                raise
            return known

    async def confirm_payment(self, payment_id: UUID, body: PaymentConfirm) -> Payment:
        """Charge the payment method.

        Raises a PaymentRequired of code payment_declined, after which another one may
        be tried, PaymentPending, PaymentCancelled, PaymentRefunded.
        """
        payment = await self.get_payment(payment_id)
        if payment.status == "requires_confirmation":
            reference = payment.provider_reference
            intent = await self.provider.confirm(reference, body.payment_method)
            if intent.status == "succeeded":
                await self._change(payment_id, "requires_confirmation", "succeeded")
            elif intent.status == "cancelled":
                await self._change(payment_id, "requires_confirmation", "cancelled")
            else:
                raise PaymentPending("The provider has not decided yet.")
            payment = await self.get_payment(payment_id)
            if payment.status == "cancelled" and intent.status == "succeeded":
                # cancelled while it was charged
                await self.provider.refund(reference)
        if payment.status == "cancelled":
            raise PaymentCancelled("The payment is cancelled.")
        if payment.status == "refunded":
            raise PaymentRefunded("The payment was refunded.")
        return payment

    async def cancel_payment(self, payment_id: UUID) -> Payment:
        """Make sure that it is never charged.

        Raises PaymentSucceeded, PaymentRefunded.
        """
        # the status first: from then on no confirmation can succeed
        await self._change(payment_id, "requires_confirmation", "cancelled")
        payment = await self.get_payment(payment_id)
        if payment.status == "succeeded":
            raise PaymentSucceeded("The payment succeeded; it can only be refunded.")
        if payment.status == "refunded":
            raise PaymentRefunded("The payment was refunded.")
        # also for one that was cancelled before, to finish what was interrupted
        intent = await self.provider.cancel(payment.provider_reference)
        if intent.status == "succeeded":
            await self.provider.refund(payment.provider_reference)
        return payment

    async def refund_payment(self, payment_id: UUID) -> Payment:
        """Give the whole amount back; raises PaymentNotSucceeded."""
        payment = await self.get_payment(payment_id)
        if payment.status == "refunded":
            return payment
        if payment.status != "succeeded":
            raise PaymentNotSucceeded("Nothing was charged.")
        # the provider first: the payment never claims what has not been done
        await self.provider.refund(payment.provider_reference)
        await self._change(payment_id, "succeeded", "refunded")
        return await self.get_payment(payment_id)

    async def payment_changed(
        self, change: PaymentChange, session: AsyncSession
    ) -> None:
        """Note what the provider tells; what is not a step forward is passed over."""
        if change.kind not in FORWARD:
            return
        before, after = FORWARD[change.kind]
        which = and_(
            PaymentRow.provider_reference == change.reference,
            PaymentRow.status.in_(before),
        )
        is_changed = await set_status(session, which, after)
        if not is_changed and change.kind == "succeeded":
            await self._give_back_if_cancelled(change.reference, session)

    async def _give_back_if_cancelled(
        self, reference: str, session: AsyncSession
    ) -> None:
        """Refund what was charged although it was cancelled, which is rare.

        The transaction waits for the provider: where that fails, the event is not
        taken and comes again.
        """
        status = await session.scalar(
            select(PaymentRow.status).where(PaymentRow.provider_reference == reference)
        )
        if status == "cancelled":
            await self.provider.refund(reference)

    async def _of_order(self, body: PaymentCreate) -> Payment | None:
        """The payment that the order has; raises PaymentDiffers."""
        found = await self.payments.list(limit=1, filters={"order_id": body.order_id})
        if not found.items:
            return None
        payment = found.items[0]
        if (payment.amount, payment.currency) != (body.amount, body.currency):
            raise PaymentDiffers("The order has a payment of another amount.")
        return payment

    async def _change(
        self, payment_id: UUID, before: PaymentStatus, after: PaymentStatus
    ) -> None:
        """Change the status, if it is the one before."""
        which = and_(PaymentRow.id == payment_id, PaymentRow.status == before)
        async with self.database.transaction() as session:
            await set_status(session, which, after)
