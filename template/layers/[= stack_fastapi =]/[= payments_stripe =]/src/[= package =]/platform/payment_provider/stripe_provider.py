"""Payments by Stripe, through its own library."""

import logging
from collections.abc import Awaitable, Mapping
from typing import Final, Protocol, TypeVar

import stripe
from pydantic import SecretStr
from stripe import StripeClient

from ..errors import AppError
from ..logging import get_logger
from ..outgoing.calls import OutgoingCalls
from .errors import (
    AmountRefused,
    KeyReused,
    NothingCharged,
    PaymentDeclined,
    PaymentsNotSetUp,
    PaymentUnknown,
    ProviderBusy,
    ProviderFailed,
)
from .port import IntentStatus, Money, PaymentChange, PaymentIntent, Refund
from .stripe_events import read_event
from .transport import PolicedClient

# https://docs.stripe.com/payments/paymentintents/lifecycle
STATUS: Final[Mapping[str, IntentStatus]] = {
    "requires_payment_method": "requires_confirmation",
    "requires_confirmation": "requires_confirmation",
    "requires_action": "requires_confirmation",
    "processing": "processing",
    "requires_capture": "processing",
    "succeeded": "succeeded",
    "canceled": "cancelled",
}
# https://docs.stripe.com/error-codes
AMOUNT: Final = ("amount_too_small", "amount_too_large", "parameter_invalid_integer")
WRONG_STATE: Final = "payment_intent_unexpected_state"

log = get_logger(__name__)

Result = TypeVar("Result")


class KeySettings(Protocol):
    """What the provider needs of the settings."""

    @property
    def stripe_api_url(self) -> str: ...
    @property
    def stripe_secret_key(self) -> SecretStr: ...
    @property
    def stripe_webhook_secrets(self) -> tuple[SecretStr, ...]: ...


class StripeProvider:
    """A PaymentProvider that asks Stripe."""

    def __init__(self, settings: KeySettings, calls: OutgoingCalls) -> None:
        key = settings.stripe_secret_key.get_secret_value()
        self._is_live = "_live_" in key
        self._webhook_secrets = [
            secret.get_secret_value() for secret in settings.stripe_webhook_secrets
        ]
        self._client = None
        if key:
            self._client = StripeClient(
                key,
                base_addresses={"api": settings.stripe_api_url},
                max_network_retries=0,
                http_client=PolicedClient(calls),
            )
        # it writes a line a request, and bodies when it is asked for more
        logging.getLogger("stripe").setLevel(logging.ERROR)

    async def create_intent(
        self, money: Money, *, idempotency_key: str
    ) -> PaymentIntent:
        """Announce an amount; see PaymentProvider."""
        made = self._stripe.v1.payment_intents.create_async(
            {
                "amount": money.amount,
                "currency": money.currency.lower(),
                "allowed_payment_method_types": ["card"],
            },
            {"idempotency_key": idempotency_key},
        )
        return _intent(await _asked(made))

    async def confirm(self, reference: str, payment_method: str) -> PaymentIntent:
        """Charge the payment method, once; see PaymentProvider.

        Whoever has to be asked in a browser (3-D Secure) is declined, with the reason
        `authentication_required`.
        """
        confirmed = self._stripe.v1.payment_intents.confirm_async(
            reference,
            {"payment_method": payment_method, "error_on_requires_action": True},
        )
        try:
            return _intent(await _asked(confirmed))
        except NothingCharged:
            return await self.get(reference)

    async def cancel(self, reference: str) -> PaymentIntent:
        """Never charge it, if it was not charged; see PaymentProvider."""
        cancelled = self._stripe.v1.payment_intents.cancel_async(reference)
        try:
            return _intent(await _asked(cancelled))
        except NothingCharged:
            return await self.get(reference)

    async def refund(self, reference: str) -> Refund:
        """Give back the whole amount, once; see PaymentProvider."""
        refunded = self._stripe.v1.refunds.create_async(
            {"payment_intent": reference}, {"idempotency_key": f"{reference}-refund"}
        )
        try:
            made = await _asked(refunded)
        except AlreadyRefunded:
            return Refund(reference, "succeeded")
        if made.status in ("failed", "canceled"):
            raise ProviderFailed("The money could not be given back")
        return Refund(made.id, "succeeded" if made.status == "succeeded" else "pending")

    async def get(self, reference: str) -> PaymentIntent:
        """The intent as it is now; see PaymentProvider."""
        return _intent(
            await _asked(self._stripe.v1.payment_intents.retrieve_async(reference))
        )

    def read_event(
        self, body: bytes, headers: Mapping[str, str]
    ) -> PaymentChange | None:
        """What a webhook's body says; see PaymentProvider."""
        signature = headers.get("stripe-signature")
        return read_event(body, signature, self._webhook_secrets, is_live=self._is_live)

    @property
    def _stripe(self) -> StripeClient:
        if self._client is None:
            log.error("payments_not_set_up", setting="STRIPE_SECRET_KEY")
            raise PaymentsNotSetUp
        return self._client


class AlreadyRefunded(NothingCharged):
    """Nothing is left to give back: it was given back before."""


async def _asked(call: Awaitable[Result]) -> Result:
    """The answer of a call; raises our errors instead of Stripe's."""
    try:
        return await call
    except stripe.StripeError as error:
        raise _translated(error) from None


def _translated(error: stripe.StripeError) -> AppError:
    """The error of ours that one of Stripe's stands for.

    Stripe's is not kept as its cause: it holds the body, which is personal data.
    """
    match error:
        case stripe.CardError():
            declined = str(error.error.decline_code) if error.error else None
            reason = declined if declined not in (None, "None") else error.code
            log.info("payment_declined", reason=reason)
            return PaymentDeclined(reason or "card_declined")
        case stripe.IdempotencyError():
            return KeyReused("The key was used for another payment")
        case stripe.RateLimitError():
            return ProviderBusy(headers={"Retry-After": "1"})
        case stripe.InvalidRequestError(code="resource_missing"):
            if error.param == "payment_method":
                return PaymentDeclined("payment_method_unknown")
            return PaymentUnknown("The provider has no such payment")
        case stripe.InvalidRequestError(code=code) if code in AMOUNT:
            return AmountRefused("The provider does not take this amount")
        case stripe.InvalidRequestError(code="charge_already_refunded"):
            return AlreadyRefunded()
        case stripe.InvalidRequestError(code=code) if code == WRONG_STATE or (
            error.param == "payment_intent"
        ):
            return NothingCharged("The payment is in another state")
    log.error(
        "payment_provider_failed",
        kind=type(error).__name__,
        status=error.http_status,
        code=error.code,
        provider_request=error.request_id,
    )
    return ProviderFailed("The payment provider failed")


def _intent(made: stripe.PaymentIntent) -> PaymentIntent:
    money = Money(made.amount, made.currency.upper())
    return PaymentIntent(made.id, money, STATUS[made.status])
