"""What happens to payments."""

from uuid import UUID

from pydantic import BaseModel

from ..platform.domain_events.event import Event


class OfPayment(BaseModel):
    """The payment that an event is about, and its order."""

    payment_id: UUID
    order_id: UUID

    @property
    def aggregate(self) -> str:
        """The payment: its events keep their order."""
        return str(self.payment_id)


class PaymentSucceeded(OfPayment, Event):
    """The amount was charged."""

    name = "payments.succeeded"


class PaymentRefunded(OfPayment, Event):
    """The amount was given back."""

    name = "payments.refunded"
