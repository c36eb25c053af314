"""Orders when time runs out, or another context is out of reach."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from .conftest import Late, OutOfReach, Rewire
from .shop import Shop, body_of, refusal_of


async def test_an_order_is_paid_in_time_or_not_at_all(
    monolith: Shop, rewire: Rewire, late: Late
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=2)
    order = await monolith.placed(customer, (lamp, 2))
    rewire(orders=late("orders"), inventory=late("inventory"))
    refused = await monolith.pay(order)
    assert refusal_of(refused, 409) == ("reservation_expired", [])
    assert (await monolith.outcome(order))[:2] == ("cancelled", "cancelled")
    cancelled = await monolith.get(f"/orders/{order['id']}")
    assert cancelled["cancellationReason"] == "reservation_expired"
    assert await monolith.stock(lamp) == (2, 0)
    await monolith.placed(customer, (lamp, 2))


async def test_money_is_given_back_when_the_stock_is_gone(
    monolith: Shop, rewire: Rewire, late: Late
) -> None:
    lamp = await monolith.product(on_hand=2)
    order = await monolith.placed(await monolith.customer(), (lamp, 2))
    rewire(inventory=late("inventory"))  # it expires between charge and confirmation
    refused = await monolith.pay(order)
    assert refusal_of(refused, 409) == ("reservation_expired", [])
    assert await monolith.outcome(order) == ("cancelled", "refunded", "expired")
    assert await monolith.stock(lamp) == (2, 0)


async def test_an_order_that_cannot_be_stored_reserves_nothing(
    app: FastAPI,
    monolith: Shop,
    rewire: Rewire,
    make_settings: Callable[..., object],
    unreachable_database: str,
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=2)
    wiring = app.state.wiring
    lost = type(wiring)(make_settings(database_url=unreachable_database))
    rewire(orders=type(wiring.orders)(lost.database("orders"), wiring))
    refused = await monolith.place(customer, (lamp, 2))
    assert refusal_of(refused, 503) == ("unavailable", [])
    assert await monolith.stock(lamp) == (2, 0)


async def test_without_payments_the_order_is_undone(
    app: FastAPI,
    monolith: Shop,
    rewire: Rewire,
    out_of_reach: OutOfReach,
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=2)
    payments = app.state.wiring.payments
    rewire(payments=out_of_reach("payments"))
    assert (await monolith.place(customer, (lamp, 2))).status_code == 502
    rewire(payments=payments)
    assert await monolith.stock(lamp) == (2, 0)
    order = await monolith.only("/orders", customerId=customer["id"])
    assert order is not None
    assert order["cancellationReason"] == "payment_unavailable"


class Killed:
    """A context during whose answer the caller is killed."""

    def __getattr__(self, name: str) -> Any:
        raise asyncio.CancelledError


async def test_an_interrupted_order_can_be_paid(
    app: FastAPI, monolith: Shop, rewire: Rewire
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product(on_hand=2)
    payments = app.state.wiring.payments
    rewire(payments=Killed())
    with pytest.raises(asyncio.CancelledError):
        await monolith.place(customer, (lamp, 1))
    rewire(payments=payments)
    order = await monolith.only("/orders", customerId=customer["id"])
    assert order is not None
    assert "paymentId" not in order
    assert body_of(await monolith.pay(order))["status"] == "paid"
    assert await monolith.outcome(order) == ("paid", "succeeded", "confirmed")


async def test_an_interrupted_cancellation_is_finished(
    app: FastAPI,
    monolith: Shop,
    rewire: Rewire,
    out_of_reach: OutOfReach,
) -> None:
    lamp = await monolith.product(on_hand=2)
    order = await monolith.placed(await monolith.customer(), (lamp, 2))
    body_of(await monolith.pay(order))
    payments = app.state.wiring.payments
    rewire(payments=out_of_reach("payments"))
    assert (await monolith.cancel(order)).status_code == 502
    assert await monolith.stock(lamp) == (2, 0), "the stock does not wait for the money"
    rewire(payments=payments)
    assert body_of(await monolith.cancel(order))["status"] == "cancelled"
    assert await monolith.outcome(order) == ("cancelled", "refunded", "released")


async def test_a_payment_that_comes_too_late_finishes_the_cancellation(
    app: FastAPI,
    monolith: Shop,
    rewire: Rewire,
    out_of_reach: OutOfReach,
) -> None:
    lamp = await monolith.product(on_hand=2)
    order = await monolith.placed(await monolith.customer(), (lamp, 2))
    inventory, payments = app.state.wiring.inventory, app.state.wiring.payments

    class Meanwhile:
        """An inventory that confirms just before the order is half cancelled."""

        async def confirm_reservation(self, reservation_id: UUID) -> object:
            confirmed: object = await inventory.confirm_reservation(reservation_id)
            rewire(payments=out_of_reach("payments"))
            assert (await monolith.cancel(order)).status_code == 502
            rewire(payments=payments)
            return confirmed

        def __getattr__(self, name: str) -> Any:
            return getattr(inventory, name)

    rewire(inventory=Meanwhile())
    refused = await monolith.pay(order)
    assert refusal_of(refused, 409) == ("order_cancelled", [])
    assert await monolith.outcome(order) == ("cancelled", "refunded", "released")
    assert await monolith.stock(lamp) == (2, 0)
