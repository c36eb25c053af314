"""The rules of the payments context that a request can break."""

from ..platform.errors import Conflict, PaymentRequired


class PaymentDeclined(PaymentRequired):
    """The provider refused the payment method; nothing was charged."""

    code = "payment_declined"


class PaymentDiffers(Conflict):
    """An order has one payment; its amount never changes."""

    code = "payment_differs"


class PaymentCancelled(Conflict):
    """A cancelled payment cannot be confirmed."""

    code = "payment_cancelled"


class PaymentSucceeded(Conflict):
    """A payment that succeeded can only be refunded."""

    code = "payment_succeeded"


class PaymentRefunded(Conflict):
    """A refunded payment is over."""

    code = "payment_refunded"


class PaymentNotSucceeded(Conflict):
    """What was not charged cannot be given back."""

    code = "payment_not_succeeded"
