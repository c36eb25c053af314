"""Stripe's webhooks: who sent them, when, and what they say of a payment."""

from collections.abc import Sequence
from typing import Final

import stripe
from pydantic import BaseModel, ValidationError

from ..logging import get_logger
from .errors import DeliveryRefused
from .port import ChangeKind, PaymentChange

# Older signatures are refused: somebody may have recorded them.
REPLAY_SECONDS: Final = 300
KINDS: Final[dict[str, ChangeKind]] = {
    "payment_intent.succeeded": "succeeded",
    "payment_intent.payment_failed": "failed",
    "payment_intent.canceled": "cancelled",
    "charge.refunded": "refunded",
}

log = get_logger(__name__)


class _Object(BaseModel):
    """A payment intent, or a charge that belongs to one."""

    id: str
    payment_intent: str | None = None
    refunded: bool = False


class _Data(BaseModel):
    object: _Object


class _Event(BaseModel):
    id: str
    livemode: bool
    data: _Data


class _AnyEvent(BaseModel):
    type: str


def read_event(
    body: bytes, signature: str | None, secrets: Sequence[str], *, is_live: bool
) -> PaymentChange | None:
    """What an event says of a payment; None where it says nothing of one.

    Raises DeliveryRefused where none of the secrets made the signature of these very
    bytes within the last five minutes. It does not say why: that would help a forger.
    """
    if not any(_is_signed(body, signature, secret) for secret in secrets):
        log.warning("delivery_refused")
        raise DeliveryRefused("The delivery is refused")
    try:
        kind = KINDS.get(_AnyEvent.model_validate_json(body).type)
        if kind is None:
            return None
        event = _Event.model_validate_json(body)
    except ValidationError:
        log.error("delivery_not_understood")
        raise DeliveryRefused("The delivery is refused") from None
    if event.livemode != is_live:
        log.warning("delivery_of_another_mode", event_id=event.id)
        return None
    told = event.data.object
    if kind != "refunded":
        return PaymentChange(event.id, kind, told.id)
    if told.payment_intent is None or not told.refunded:
        # of no intent of ours, or a part of the money only
        return None
    return PaymentChange(event.id, kind, told.payment_intent)


def _is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(
            body, signature, secret, tolerance=REPLAY_SECONDS
        )
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True
