"""Use cases of the payments context: every order is charged once at most."""

from uuid import UUID

from sqlalchemy import and_

from ..platform.database import Database
from ..platform.errors import Conflict
from .changes import set_status
from .errors import (
    PaymentCancelled,
    PaymentDiffers,
    PaymentNotSucceeded,
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
from .provider import FakeProvider, PaymentProvider


class PaymentsService(PaymentsOperations):
    """Payments and their state; the provider moves the money.

    A status changes by a conditional UPDATE: of several callers one makes the change,
    the others see it.
    """

    def __init__(
        self,
        database: Database,
        contexts: object,
        *,
        provider: PaymentProvider | None = None,
    ) -> None:
        super().__init__(database, contexts)
        self.provider: PaymentProvider = provider or FakeProvider()

    async def create_payment(self, body: PaymentCreate) -> Payment:
        """Announce the amount, once for each order; raises PaymentDiffers."""
        if (known := await self._of_order(body)) is not None:
            return known
        reference = await self.provider.open(body.order_id, body.amount, body.currency)
        values = {
            "order_id": body.order_id,
            "amount": body.amount,
            "currency": body.currency,
            "status": "requires_confirmation",
            "provider_reference": reference,
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

        Raises PaymentDeclined, after which another one may be tried, PaymentCancelled,
        PaymentRefunded.
        """
        payment = await self.get_payment(payment_id)
        if payment.status == "requires_confirmation":
            reference = payment.provider_reference
            await self.provider.charge(reference, body.payment_method)
            await self._change(payment_id, "requires_confirmation", "succeeded")
            payment = await self.get_payment(payment_id)
            if payment.status == "cancelled":
                # cancelled while it was charged
                await self.provider.void(reference)
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
        await self.provider.void(payment.provider_reference)
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
