"""Events: customers hear of their orders, and orders of their payments."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

import event_trials

from .conftest import Late, Rewire
from .shop import Shop, body_of, refusal_of


async def test_customers_are_told_what_happens(app: FastAPI, monolith: Shop) -> None:
    customer, lamp = await monolith.customer(), await monolith.product()
    order = await monolith.placed(customer, (lamp, 1))
    body_of(await monolith.pay(order))
    body_of(await monolith.pay(order))
    body_of(await monolith.cancel(order))
    await event_trials.handled(app.state.wiring)
    told = ["order_placed", "order_paid", "order_cancelled"]
    assert await monolith.messages(customer) == told


async def test_customers_are_told_that_they_were_late(
    app: FastAPI, monolith: Shop, rewire: Rewire, late: Late
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product()
    order = await monolith.placed(customer, (lamp, 1))
    rewire(orders=late("orders"), inventory=late("inventory"))
    refused = await monolith.pay(order)
    assert refusal_of(refused, 409) == ("reservation_expired", [])
    await event_trials.handled(app.state.wiring)
    assert await monolith.messages(customer) == ["order_placed", "order_cancelled"]


async def test_an_order_that_is_not_stored_is_told_to_nobody(
    app: FastAPI, monolith: Shop
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=1)
    assert (await monolith.place(customer, (lamp, 2))).status_code == 409
    await event_trials.handled(app.state.wiring)
    assert await monolith.messages(customer) == []


class Killed:
    """An inventory whose caller is killed while it waits."""

    def __getattr__(self, name: str) -> Any:
        raise asyncio.CancelledError


async def test_an_order_that_was_charged_for_is_finished_by_the_event(
    app: FastAPI, monolith: Shop, rewire: Rewire
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=2)
    order = await monolith.placed(customer, (lamp, 2))
    inventory = app.state.wiring.inventory
    rewire(inventory=Killed())
    with pytest.raises(asyncio.CancelledError):
        await monolith.pay(order)
    rewire(inventory=inventory)
    assert (await monolith.get(f"/orders/{order['id']}"))["status"] != "paid"
    await event_trials.handled(app.state.wiring)
    assert await monolith.outcome(order) == ("paid", "succeeded", "confirmed")
    assert await monolith.stock(lamp) == (0, 0)
    assert await monolith.messages(customer) == ["order_placed", "order_paid"]


async def test_an_order_whose_payment_is_refunded_is_cancelled(
    app: FastAPI, monolith: Shop
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=2)
    order = await monolith.placed(customer, (lamp, 2))
    paid = body_of(await monolith.pay(order))
    refund = f"/payments/{paid['paymentId']}/refund"
    body_of(await monolith.http.post(refund))
    await event_trials.handled(app.state.wiring)
    assert await monolith.outcome(order) == ("cancelled", "refunded", "released")
    assert await monolith.stock(lamp) == (2, 0)
    told = ["order_placed", "order_paid", "order_cancelled"]
    assert await monolith.messages(customer) == told


async def test_a_payment_of_no_order_is_passed_over(
    app: FastAPI, monolith: Shop
) -> None:
    nobody = "00000000-0000-4000-8000-00000000dead"
    body = {"orderId": nobody, "amount": 7900, "currency": "EUR"}
    payment = body_of(await monolith.http.post("/payments", json=body), 201)
    confirm = f"/payments/{payment['id']}/confirm"
    card = {"paymentMethod": "pm_card_visa"}
    body_of(await monolith.http.post(confirm, json=card))
    await event_trials.handled(app.state.wiring)
