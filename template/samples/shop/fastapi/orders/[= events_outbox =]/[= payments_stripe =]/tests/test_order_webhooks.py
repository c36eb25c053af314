"""Orders follow what the payment provider tells of their payments."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

import event_trials

from .shop import CARD, Shop, body_of

Deliver = Callable[[str], Awaitable[None]]

WEBHOOKS = "/webhooks/payments"


@pytest.fixture
def deliver(client: AsyncClient, stripe_server: Any) -> Deliver:
    """Deliver all that the provider has to tell of a payment."""

    async def send(reference: str) -> None:
        for event in stripe_server.ledger.events:
            if reference in str(event["data"]):
                body, headers = stripe_server.signed(event)
                answer = await client.post(WEBHOOKS, content=body, headers=headers)
                assert answer.status_code == 204, answer.text

    return send


async def test_an_order_is_paid_by_the_webhook(
    app: FastAPI, monolith: Shop, deliver: Deliver
) -> None:
    lamp = await monolith.product(on_hand=2)
    order = await monolith.placed(await monolith.customer(), (lamp, 2))
    payment = await monolith.get(f"/payments/{order['paymentId']}")
    reference = payment["providerReference"]
    # the charge's answer was lost
    await app.state.wiring.payment_provider.confirm(reference, CARD)
    await deliver(reference)
    await event_trials.handled(app.state.wiring)
    assert await monolith.outcome(order) == ("paid", "succeeded", "confirmed")
    assert await monolith.stock(lamp) == (0, 0)


async def test_a_refund_at_the_provider_cancels_the_order(
    app: FastAPI, monolith: Shop, deliver: Deliver
) -> None:
    lamp = await monolith.product(on_hand=2)
    order = await monolith.placed(await monolith.customer(), (lamp, 2))
    body_of(await monolith.pay(order))
    payment = await monolith.get(f"/payments/{order['paymentId']}")
    reference = payment["providerReference"]
    await app.state.wiring.payment_provider.refund(reference)
    for _ in range(2):
        await deliver(reference)
        await event_trials.handled(app.state.wiring)
        outcome = await monolith.outcome(order)
        assert outcome == ("cancelled", "refunded", "released")
        assert await monolith.stock(lamp) == (2, 0)
