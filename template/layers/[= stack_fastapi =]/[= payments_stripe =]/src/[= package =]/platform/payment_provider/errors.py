"""What goes wrong with payments, by the rule that was broken."""

from ..errors import (
    BadGateway,
    BadRequest,
    Conflict,
    NotFound,
    PaymentRequired,
    Unavailable,
)


class PaymentDeclined(PaymentRequired):
    """The payment method was refused; nothing was charged.

    `reason` is the provider's code, like `insufficient_funds`: for the log, not for
    the customer, as some of them help thieves.
    """

    code = "payment_declined"

    def __init__(self, reason: str) -> None:
        super().__init__("The payment method was declined")
        self.reason = reason


class AmountRefused(Conflict):
    """The provider takes no such amount, or not in this currency."""

    code = "amount_refused"


class KeyReused(Conflict):
    """An idempotency key stands for one amount."""

    code = "payment_key_reused"


class PaymentUnknown(NotFound):
    """The provider has no such payment."""

    code = "payment_unknown"


class NothingCharged(Conflict):
    """What was not charged cannot be given back."""

    code = "nothing_charged"


class ProviderFailed(BadGateway):
    """The provider did not do what it was asked, and it is not the payment's fault."""

    code = "payment_provider_failed"


class ProviderBusy(Unavailable):
    """The provider takes no more requests at the moment."""

    code = "payment_provider_busy"


class PaymentsNotSetUp(Unavailable):
    """There is no key of the provider in the settings."""

    code = "payments_not_set_up"


class DeliveryRefused(BadRequest):
    """A webhook that the provider did not sign, or not a moment ago."""

    code = "delivery_refused"
