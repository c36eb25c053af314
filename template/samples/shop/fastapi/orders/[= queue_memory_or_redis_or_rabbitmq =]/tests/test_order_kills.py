"""Orders whose process is killed between any two steps come to an end by themselves."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

import job_trials

from .conftest import Late, Rewire
from .shop import Item, Shop, body_of

Kill = tuple[str, str]

PLACE: list[Kill] = [("inventory", "reserve_stock"), ("payments", "create_payment")]
PAY: list[Kill] = [
    ("payments", "confirm_payment"),
    ("inventory", "confirm_reservation"),
]
UNDO: list[Kill] = [
    ("payments", "cancel_payment"),
    ("payments", "refund_payment"),
    ("inventory", "release_reservation"),
]


class Killed:
    """A context whose caller is killed at a call: before it, or before its answer."""

    def __init__(self, context: Any, call: str, *, is_done: bool) -> None:
        self.context = context
        self.call = call
        self.is_done = is_done

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.context, name)

        async def interrupted(*given: object) -> object:
            if self.is_done:
                await method(*given)
            raise asyncio.CancelledError

        return interrupted if name == self.call else method


class Trial:
    """A shop that is killed once, and looked at when every time is over."""

    def __init__(self, app: FastAPI, shop: Shop, rewire: Rewire, late: Late) -> None:
        self.wiring = app.state.wiring
        self.shop = shop
        self.rewire = rewire
        self.late = late

    async def kill(self, work: Any, at: Kill, *, is_done: bool) -> None:
        """Do the work, which ends at this call."""
        context, call = at
        member = getattr(self.wiring, context)
        self.rewire(**{context: Killed(member, call, is_done=is_done)})
        with pytest.raises(asyncio.CancelledError):
            await work
        self.rewire(**{context: member})

    async def settle(self) -> None:
        """Let 16 minutes pass, and the jobs do their work, twice."""
        self.rewire(orders=self.late("orders"), inventory=self.late("inventory"))
        for _ in range(2):
            await job_trials.done(self.wiring, "inventory.expire_reservations")
            await job_trials.done(self.wiring, "orders.settle_orders")


@pytest.fixture
def trial(app: FastAPI, monolith: Shop, rewire: Rewire, late: Late) -> Trial:
    return Trial(app, monolith, rewire, late)


async def order_of(shop: Shop, customer: Item) -> Item | None:
    return await shop.only("/orders", customerId=customer["id"])


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("at", PLACE)
async def test_killed_while_it_is_placed(
    trial: Trial, at: Kill, is_done: bool
) -> None:
    shop = trial.shop
    customer, lamp = await shop.customer(), await shop.product(on_hand=3)
    await trial.kill(shop.place(customer, (lamp, 2)), at, is_done=is_done)
    await trial.settle()
    assert await shop.stock(lamp) == (3, 0)
    if order := await order_of(shop, customer):
        assert order["cancellationReason"] == "reservation_expired"
        assert (await shop.outcome(order))[:2] == ("cancelled", "cancelled")


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("at", PAY)
async def test_killed_while_it_is_paid(trial: Trial, at: Kill, is_done: bool) -> None:
    shop = trial.shop
    lamp = await shop.product(on_hand=3)
    order = await shop.placed(await shop.customer(), (lamp, 2))
    await trial.kill(shop.pay(order), at, is_done=is_done)
    await trial.settle()
    outcome = await shop.outcome(order)
    if at[0] == "inventory" and is_done:
        assert outcome == ("paid", "succeeded", "confirmed"), "it has its goods"
        assert await shop.stock(lamp) == (1, 0)
    else:
        charged = at[0] == "inventory" or is_done
        money = "refunded" if charged else "cancelled"
        assert outcome == ("cancelled", money, "expired")
        assert await shop.stock(lamp) == (3, 0)


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("at", UNDO)
async def test_killed_while_it_is_cancelled(
    trial: Trial, at: Kill, is_done: bool
) -> None:
    shop = trial.shop
    customer, lamp = await shop.customer(), await shop.product(on_hand=3)
    order = await shop.placed(customer, (lamp, 2))
    is_paid = at[1] != "cancel_payment"
    if is_paid:
        body_of(await shop.pay(order))
    await trial.kill(shop.cancel(order), at, is_done=is_done)
    seen = await shop.get(f"/orders/{order['id']}")
    assert seen["cancellationReason"] == "requested"
    assert seen["status"] == ("paid" if is_paid else "awaiting_payment")
    await trial.settle()
    money = "refunded" if is_paid else "cancelled"
    assert (await shop.outcome(order))[:2] == ("cancelled", money)
    assert await shop.stock(lamp) == (3, 0)


async def test_killed_twice(trial: Trial) -> None:
    shop = trial.shop
    lamp = await shop.product(on_hand=3)
    order = await shop.placed(await shop.customer(), (lamp, 2))
    await trial.kill(shop.pay(order), ("inventory", "confirm_reservation"), is_done=True)
    await trial.kill(shop.cancel(order), ("payments", "refund_payment"), is_done=True)
    await trial.settle()
    assert await shop.outcome(order) == ("cancelled", "refunded", "released")
    assert await shop.stock(lamp) == (3, 0)


async def test_a_cancelled_order_cannot_be_paid_before_it_is_undone(
    trial: Trial,
) -> None:
    shop = trial.shop
    lamp = await shop.product(on_hand=3)
    order = await shop.placed(await shop.customer(), (lamp, 2))
    await trial.kill(shop.cancel(order), ("payments", "cancel_payment"), is_done=False)
    assert (await shop.pay(order)).status_code == 409
    assert body_of(await shop.cancel(order))["status"] == "cancelled"
    assert await shop.outcome(order) == ("cancelled", "cancelled", "released")
