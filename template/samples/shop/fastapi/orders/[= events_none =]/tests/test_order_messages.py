"""What customers are told about their orders, and that no order fails by it."""

from .conftest import Late, OutOfReach, Rewire
from .shop import Shop, body_of, refusal_of


async def test_customers_are_told_what_happens(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product()
    order = await shop.placed(customer, (lamp, 1))
    for _ in range(2):
        body_of(await shop.pay(order))
        assert await shop.messages(customer) == ["order_placed", "order_paid"]
    body_of(await shop.cancel(order))
    told = ["order_placed", "order_paid", "order_cancelled"]
    assert await shop.messages(customer) == told


async def test_customers_are_told_that_they_were_late(
    monolith: Shop, rewire: Rewire, late: Late
) -> None:
    customer, lamp = await monolith.customer(), await monolith.product()
    order = await monolith.placed(customer, (lamp, 1))
    rewire(orders=late("orders"), inventory=late("inventory"))
    refused = await monolith.pay(order)
    assert refusal_of(refused, 409) == ("reservation_expired", [])
    assert await monolith.messages(customer) == ["order_placed", "order_cancelled"]


async def test_without_notifications_the_order_is_placed(
    monolith: Shop, rewire: Rewire, out_of_reach: OutOfReach
) -> None:
    lamp = await monolith.product()
    rewire(notifications=out_of_reach("notifications"))
    order = await monolith.placed(await monolith.customer(), (lamp, 1))
    assert body_of(await monolith.pay(order))["status"] == "paid"
