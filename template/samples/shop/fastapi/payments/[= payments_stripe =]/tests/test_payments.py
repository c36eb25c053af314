"""Payments: one for each order, charged once at most, whatever the provider tells."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from told import code_of

CARD = {"paymentMethod": "pm_card_visa"}
DECLINED_CARD = {"paymentMethod": "pm_card_declined"}

Item = dict[str, Any]
Deliver = Callable[..., Awaitable[None]]


class Recorder:
    """The provider, and what it was asked."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name != "read_event":
            self.calls.append(name)
        return getattr(self.provider, name)


@pytest.fixture
def provider(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The provider, watched."""
    wiring = app.state.wiring
    recorder = Recorder(wiring.payment_provider)
    monkeypatch.setitem(vars(wiring), "payment_provider", recorder)
    return recorder


@pytest.fixture
def deliver(client: AsyncClient, stripe_server: Any) -> Deliver:
    """Deliver all events about a payment, in their order or backwards."""

    async def send(payment: Item, *, backwards: bool = False) -> None:
        reference = payment["providerReference"]
        events = [
            event
            for event in stripe_server.ledger.events
            if reference in str(event["data"])
        ]
        for event in reversed(events) if backwards else events:
            body, headers = stripe_server.signed(event)
            answer = await client.post("/webhooks/payments", content=body, headers=headers)
            assert answer.status_code == 204, answer.text

    return send


async def announce(
    client: AsyncClient, order_id: str | None = None, amount: int = 15800
) -> Response:
    order = order_id or str(uuid4())
    body = {"orderId": order, "amount": amount, "currency": "EUR"}
    return await client.post("/payments", json=body)


async def announced(client: AsyncClient) -> Item:
    created = await announce(client)
    assert created.status_code == 201, created.text
    payment: Item = created.json()
    return payment


async def confirm(
    client: AsyncClient, payment: Item, card: dict[str, str] = CARD
) -> Response:
    return await client.post(f"/payments/{payment['id']}/confirm", json=card)


async def act(client: AsyncClient, payment: Item, action: str) -> Response:
    return await client.post(f"/payments/{payment['id']}/{action}")


def refusal_of(response: Response, status: int) -> str | None:
    assert response.status_code == status, response.text
    return code_of(response)


async def test_an_order_has_one_payment(client: AsyncClient) -> None:
    order_id = str(uuid4())
    answers = await asyncio.gather(*(announce(client, order_id) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    refused = await announce(client, order_id, amount=1)
    assert refusal_of(refused, 409) == "payment_differs"


async def test_a_payment_is_charged_once(
    client: AsyncClient, provider: Recorder
) -> None:
    payment = await announced(client)
    assert payment["status"] == "requires_confirmation"
    for _ in range(2):
        confirmed = await confirm(client, payment)
        assert confirmed.status_code == 200, confirmed.text
        assert confirmed.json()["status"] == "succeeded"
    assert provider.calls == ["create_intent", "confirm"]


async def test_a_declined_card_charges_nothing(client: AsyncClient) -> None:
    payment = await announced(client)
    refused = await confirm(client, payment, DECLINED_CARD)
    assert refusal_of(refused, 402) == "payment_declined"
    assert (await client.get(f"/payments/{payment['id']}")).json() == payment
    assert (await confirm(client, payment)).json()["status"] == "succeeded"


async def test_a_refund_gives_back_what_was_charged(
    client: AsyncClient, provider: Recorder
) -> None:
    payment = await announced(client)
    refused = await act(client, payment, "refund")
    assert refusal_of(refused, 409) == "payment_not_succeeded"
    await confirm(client, payment)
    for _ in range(2):
        refunded = await act(client, payment, "refund")
        assert refunded.json()["status"] == "refunded"
    assert refusal_of(await confirm(client, payment), 409) == "payment_refunded"
    assert refusal_of(await act(client, payment, "cancel"), 409) == "payment_refunded"
    assert provider.calls == ["create_intent", "confirm", "refund"]


async def test_a_cancelled_payment_is_never_charged(
    client: AsyncClient, provider: Recorder
) -> None:
    payment = await announced(client)
    for _ in range(2):
        cancelled = await act(client, payment, "cancel")
        assert cancelled.json()["status"] == "cancelled"
    assert refusal_of(await confirm(client, payment), 409) == "payment_cancelled"
    refused = await act(client, payment, "refund")
    assert refusal_of(refused, 409) == "payment_not_succeeded"
    assert "confirm" not in provider.calls


async def test_what_succeeded_is_not_cancelled(client: AsyncClient) -> None:
    payment = await announced(client)
    await confirm(client, payment)
    assert refusal_of(await act(client, payment, "cancel"), 409) == "payment_succeeded"


async def test_a_cancellation_during_the_charge_wins(
    client: AsyncClient, provider: Recorder
) -> None:
    payment = await announced(client)
    stripe = provider.provider

    class Slow:
        async def confirm(self, reference: str, payment_method: str) -> Any:
            charged = await stripe.confirm(reference, payment_method)
            await act(client, payment, "cancel")
            return charged

        def __getattr__(self, name: str) -> Any:
            return getattr(stripe, name)

    provider.provider = Slow()
    assert refusal_of(await confirm(client, payment), 409) == "payment_cancelled"
    calls = ["create_intent", "confirm", "cancel", "refund", "refund"]
    assert provider.calls == calls


async def status_of(client: AsyncClient, payment: Item) -> str:
    status: str = (await client.get(f"/payments/{payment['id']}")).json()["status"]
    return status


async def test_a_charge_that_was_not_seen_is_brought_by_webhook(
    client: AsyncClient, app: FastAPI, deliver: Deliver
) -> None:
    payment = await announced(client)
    reference = payment["providerReference"]
    await app.state.wiring.payment_provider.confirm(reference, "pm_card_visa")
    assert await status_of(client, payment) == "requires_confirmation"
    for _ in range(2):
        await deliver(payment)
        assert await status_of(client, payment) == "succeeded"
    assert (await confirm(client, payment)).json()["status"] == "succeeded"


@pytest.mark.parametrize("backwards", [False, True])
async def test_in_whatever_order_a_refund_is_the_end(
    client: AsyncClient, app: FastAPI, deliver: Deliver, backwards: bool
) -> None:
    payment = await announced(client)
    reference = payment["providerReference"]
    provider = app.state.wiring.payment_provider
    await provider.confirm(reference, "pm_card_visa")
    await provider.refund(reference)
    for _ in range(2):
        await deliver(payment, backwards=backwards)
        assert await status_of(client, payment) == "refunded"


async def test_a_decline_changes_nothing(
    client: AsyncClient, deliver: Deliver
) -> None:
    payment = await announced(client)
    await confirm(client, payment, DECLINED_CARD)
    await deliver(payment)
    assert await status_of(client, payment) == "requires_confirmation"


async def test_what_was_charged_though_cancelled_is_given_back(
    client: AsyncClient, app: FastAPI, stripe_server: Any, deliver: Deliver
) -> None:
    payment = await announced(client)
    reference = payment["providerReference"]
    provider = app.state.wiring.payment_provider
    await provider.confirm(reference, "pm_card_visa")
    service = app.state.wiring.payments
    # the process ended between the two steps of a cancellation
    await service._change(UUID(payment["id"]), "requires_confirmation", "cancelled")
    await deliver(payment)
    assert await status_of(client, payment) == "cancelled"
    assert reference in stripe_server.ledger.refunds


async def test_a_provider_at_fault_leaves_the_payment_as_it_was(
    client: AsyncClient, fake_stripe: Any
) -> None:
    payment = await announced(client)
    fake_stripe.faults.extend([500] * 3)
    assert (await confirm(client, payment)).status_code == 502
    assert await status_of(client, payment) == "requires_confirmation"
    assert (await confirm(client, payment)).json()["status"] == "succeeded"
