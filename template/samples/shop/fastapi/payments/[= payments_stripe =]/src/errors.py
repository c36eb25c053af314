"""The rules of the payments context that a request can break.

A payment method that is refused is the provider's error, a PaymentRequired of code
payment_declined.
"""

from ..platform.errors import Conflict


class PaymentDiffers(Conflict):
    """An order has one payment; its amount never changes."""

    code = "payment_differs"


class PaymentPending(Conflict):
    """What the provider has not decided is neither paid nor refused."""

    code = "payment_pending"


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
