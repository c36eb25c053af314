"""Payments: one for each order, charged once at most."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from told import code_of

CARD = {"paymentMethod": "pm_card_visa"}
DECLINED_CARD = {"paymentMethod": "pm_card_declined"}

Item = dict[str, Any]


class Recorder:
    """A provider that remembers what it was asked."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self.provider, name)


@pytest.fixture
def provider(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The provider, watched."""
    payments = app.state.wiring.payments
    recorder = Recorder(payments.provider)
    monkeypatch.setattr(payments, "provider", recorder)
    return recorder


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
    assert provider.calls == ["open", "charge"]


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
    assert provider.calls == ["open", "charge", "refund"]


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
    assert "charge" not in provider.calls


async def test_what_succeeded_is_not_cancelled(client: AsyncClient) -> None:
    payment = await announced(client)
    await confirm(client, payment)
    assert refusal_of(await act(client, payment, "cancel"), 409) == "payment_succeeded"


async def test_a_cancellation_during_the_charge_wins(
    client: AsyncClient, provider: Recorder
) -> None:
    payment = await announced(client)
    fake = provider.provider

    class Slow:
        async def charge(self, reference: str, payment_method: str) -> None:
            await act(client, payment, "cancel")

        def __getattr__(self, name: str) -> Any:
            return getattr(fake, name)

    provider.provider = Slow()
    assert refusal_of(await confirm(client, payment), 409) == "payment_cancelled"
    assert provider.calls == ["open", "charge", "void", "void"]
