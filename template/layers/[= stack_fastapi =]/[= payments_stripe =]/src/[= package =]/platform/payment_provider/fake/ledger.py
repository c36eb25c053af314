"""The payments of the stand-in, and the rules that Stripe has for them."""

import json
from dataclasses import dataclass, field
from itertools import count
from time import time
from typing import Any, Final
from uuid import uuid4

Form = dict[str, str]
Json = dict[str, Any]

LEAST: Final = 50
MOST: Final = 99_999_999
CONFIRMABLE: Final = ("requires_payment_method", "requires_confirmation")


@dataclass
class Refusal(Exception):
    """An error as Stripe answers it."""

    status: int
    code: str
    type: str = "invalid_request_error"
    param: str | None = None
    decline_code: str | None = None

    def body(self) -> Json:
        """The JSON of it."""
        told = {
            "type": self.type,
            "code": self.code,
            "message": f"It was refused: {self.code}.",
            "param": self.param,
            "decline_code": self.decline_code,
        }
        return {"error": {name: value for name, value in told.items() if value}}


@dataclass
class Ledger:
    """Payment intents and refunds, in memory, and the events about them."""

    intents: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def create(self, form: Form) -> Json:
        """A new intent."""
        amount = form.get("amount", "")
        if not amount.isdecimal():
            raise Refusal(400, "parameter_invalid_integer", param="amount")
        if int(amount) < LEAST:
            raise Refusal(400, "amount_too_small", param="amount")
        if int(amount) > MOST:
            raise Refusal(400, "amount_too_large", param="amount")
        intent: Json = {
            "id": f"pi_{uuid4().hex[:24]}",
            "object": "payment_intent",
            "amount": int(amount),
            "amount_received": 0,
            "currency": form.get("currency", "").lower(),
            "status": "requires_payment_method",
            "created": int(time()),
            "livemode": False,
            "metadata": {},
        }
        self.intents[intent["id"]] = intent
        self._tell("payment_intent.created", intent)
        return intent

    def get(self, reference: str) -> Json:
        """An intent that there is."""
        if reference not in self.intents:
            raise Refusal(404, "resource_missing", param="intent")
        return self.intents[reference]

    def confirm(self, reference: str, form: Form) -> Json:
        """Charge it."""
        intent = self.get(reference)
        if intent["status"] not in CONFIRMABLE:
            raise Refusal(400, "payment_intent_unexpected_state")
        method = form.get("payment_method", "")
        if problem := refusal_of(method):
            if problem.status == 402:
                self._tell("payment_intent.payment_failed", intent)
            raise problem
        intent["status"] = "succeeded"
        intent["amount_received"] = intent["amount"]
        self._tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, reference: str) -> Json:
        """End it, if it was not charged."""
        intent = self.get(reference)
        if intent["status"] not in CONFIRMABLE:
            raise Refusal(400, "payment_intent_unexpected_state")
        intent["status"] = "canceled"
        self._tell("payment_intent.canceled", intent)
        return intent

    def refund(self, form: Form) -> Json:
        """Give all of it back."""
        reference = form.get("payment_intent", "")
        if reference not in self.intents:
            raise Refusal(404, "resource_missing", param="payment_intent")
        intent = self.intents[reference]
        if intent["status"] != "succeeded":
            code = "payment_intent_unexpected_state"
            raise Refusal(400, code, param="payment_intent")
        if reference in self.refunds:
            raise Refusal(400, "charge_already_refunded")
        refund: Json = {
            "id": f"re_{uuid4().hex[:24]}",
            "object": "refund",
            "amount": intent["amount"],
            "currency": intent["currency"],
            "payment_intent": reference,
            "status": "succeeded",
        }
        self.refunds[reference] = refund
        charge: Json = {
            "id": f"ch_{uuid4().hex[:24]}",
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": intent["amount"],
            "payment_intent": reference,
            "refunded": True,
        }
        self._tell("charge.refunded", charge)
        return refund

    def _tell(self, kind: str, about: Json) -> None:
        event = {
            "id": f"evt_{next(self._numbers):08}_{uuid4().hex[:12]}",
            "object": "event",
            "api_version": "2026-01-28",
            "created": int(time()),
            "livemode": False,
            "type": kind,
            # as it was at this moment
            "data": {"object": json.loads(json.dumps(about))},
        }
        self.events.append(event)


def refusal_of(method: str) -> Refusal | None:
    """Why a payment method is refused: by its name, as those of Stripe's test mode.

    https://docs.stripe.com/testing
    """
    name = method.lower()
    if not name.startswith("pm_"):
        return Refusal(400, "resource_missing", param="payment_method")
    if "authenticationrequired" in name:
        code = "authentication_required"
        return Refusal(402, code, "card_error", decline_code=code)
    if "insufficientfunds" in name:
        why = "insufficient_funds"
        return Refusal(402, "card_declined", "card_error", decline_code=why)
    if "declined" in name:
        why = "generic_decline"
        return Refusal(402, "card_declined", "card_error", decline_code=why)
    return None
