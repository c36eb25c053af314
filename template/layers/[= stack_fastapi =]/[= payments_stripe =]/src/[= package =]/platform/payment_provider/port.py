"""What is asked of a payment provider, whichever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

IntentStatus = Literal["requires_confirmation", "processing", "succeeded", "cancelled"]
ChangeKind = Literal["succeeded", "failed", "cancelled", "refunded"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor unit of a currency (ISO 4217): 15800 EUR are 158.00."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """An announced payment, by the provider's name for it."""

    reference: str
    money: Money
    status: IntentStatus


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back; it may take days to arrive."""

    reference: str
    status: Literal["pending", "succeeded"]


@dataclass(frozen=True, slots=True)
class PaymentChange:
    """What an event of the provider says of the payment with this reference."""

    event_id: str
    kind: ChangeKind
    reference: str


class PaymentProvider(Protocol):
    """Moves money.

    Every call may be repeated. All raise ProviderFailed, or one of the errors of
    outgoing calls, when the outcome is not known; get() tells it.
    """

    async def create_intent(
        self, money: Money, *, idempotency_key: str
    ) -> PaymentIntent:
        """Announce an amount; nothing is charged.

        With the same key it is the same intent. Raises AmountRefused, and KeyReused
        for a key that was used for another amount.
        """
        ...

    async def confirm(self, reference: str, payment_method: str) -> PaymentIntent:
        """Charge the payment method, once; the intent as it is now.

        Raises PaymentDeclined, PaymentUnknown.
        """
        ...

    async def cancel(self, reference: str) -> PaymentIntent:
        """Never charge it, if it was not charged; the intent as it is now.

        Raises PaymentUnknown.
        """
        ...

    async def refund(self, reference: str) -> Refund:
        """Give back the whole amount, once; raises NothingCharged, PaymentUnknown."""
        ...

    async def get(self, reference: str) -> PaymentIntent:
        """The intent as it is now; raises PaymentUnknown."""
        ...

    def read_event(
        self, body: bytes, headers: Mapping[str, str]
    ) -> PaymentChange | None:
        """What a webhook's body says; None where it is about something else.

        Raises DeliveryRefused unless the provider signed it a moment ago.
        """
        ...
