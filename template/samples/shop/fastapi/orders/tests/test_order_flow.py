"""Orders from placing to payment or cancellation, in one process and in several."""

import asyncio

from .shop import CARD, DECLINED_CARD, Shop, body_of, refusal_of


async def test_place_and_pay(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=10)
    order = await shop.placed(customer, (lamp, 2))
    assert order["status"] == "awaiting_payment"
    assert order["total"] == 15800
    assert await shop.stock(lamp) == (10, 2)
    path = f"/products/{lamp['id']}"
    body_of(await shop.http.patch(path, json={"unitPrice": 9900}))

    paid = body_of(await shop.pay(order))

    assert paid["status"] == "paid"
    assert paid["total"] == 15800, "a placed order keeps its price"
    assert await shop.outcome(order) == ("paid", "succeeded", "confirmed")
    assert await shop.stock(lamp) == (8, 0)
    payment = await shop.get(f"/payments/{paid['paymentId']}")
    assert (payment["amount"], payment["currency"]) == (15800, "EUR")


async def test_paying_again_changes_nothing(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=3)
    order = await shop.placed(customer, (lamp, 1))
    paid = body_of(await shop.pay(order))
    assert body_of(await shop.pay(order)) == paid
    assert await shop.stock(lamp) == (2, 0)


async def test_paying_five_times_at_once_charges_once(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=3)
    order = await shop.placed(customer, (lamp, 1))
    answers = await asyncio.gather(*(shop.pay(order) for _ in range(5)))
    assert {body_of(answer)["status"] for answer in answers} == {"paid"}
    assert await shop.outcome(order) == ("paid", "succeeded", "confirmed")
    assert await shop.stock(lamp) == (2, 0)


async def test_lines_of_one_product_are_added(shop: Shop) -> None:
    lamp = await shop.product(on_hand=5)
    shade = await shop.product(on_hand=5, unitPrice=1000)
    order = await shop.placed(await shop.customer(), (lamp, 2), (shade, 1), (lamp, 3))
    assert [line["lineTotal"] for line in order["lines"]] == [15800, 1000, 23700]
    assert order["total"] == 40500
    assert await shop.stock(lamp) == (5, 5)
    assert await shop.stock(shade) == (5, 1)


async def test_too_little_stock_reserves_nothing(shop: Shop) -> None:
    customer, plenty = await shop.customer(), await shop.product(on_hand=10)
    scarce, other = await shop.product(on_hand=3), await shop.product(on_hand=10)
    refused = await shop.place(customer, (plenty, 2), (scarce, 4), (other, 1))
    pointers = ["/body/lines/1/quantity"]
    assert refusal_of(refused, 409) == ("insufficient_stock", pointers)
    assert "3 are available." in refused.text
    assert await shop.stock(plenty) == (10, 0)
    assert await shop.stock(scarce) == (3, 0)
    assert await shop.only("/orders", customerId=customer["id"]) is None


async def test_only_what_is_on_sale_is_sold(shop: Shop) -> None:
    lamp, draft = await shop.product(), await shop.product(status="draft")
    archived = await shop.product(status="archived")
    unknown = {"id": "00000000-0000-4000-8000-00000000dead"}
    lines = [(lamp, 1), (draft, 1), (archived, 1), (unknown, 1)]
    refused = await shop.place(await shop.customer(), *lines)
    pointers = [f"/body/lines/{index}/productId" for index in (1, 2, 3)]
    assert refusal_of(refused, 409) == ("product_unavailable", pointers)
    assert await shop.stock(lamp) == (10, 0)


async def test_an_order_has_one_currency(shop: Shop) -> None:
    lamp, foreign = await shop.product(), await shop.product(currency="JPY")
    refused = await shop.place(await shop.customer(), (lamp, 1), (foreign, 1))
    pointers = ["/body/lines/1/productId"]
    assert refusal_of(refused, 409) == ("mixed_currencies", pointers)


async def test_the_customer_is_known(shop: Shop) -> None:
    unknown = {"id": "00000000-0000-4000-8000-00000000dead"}
    refused = await shop.place(unknown, (await shop.product(), 1))
    assert refusal_of(refused, 409) == ("customer_unknown", ["/body/customerId"])


async def test_after_a_refusal_another_card_may_be_tried(shop: Shop) -> None:
    lamp = await shop.product(on_hand=10)
    order = await shop.placed(await shop.customer(), (lamp, 1))
    refused = await shop.pay(order, DECLINED_CARD)
    assert refusal_of(refused, 402) == ("payment_declined", [])
    assert (await shop.outcome(order))[0] == "awaiting_payment"
    assert await shop.stock(lamp) == (10, 1)
    assert body_of(await shop.pay(order, CARD))["status"] == "paid"


async def test_cancelling_before_the_payment(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=10)
    order = await shop.placed(customer, (lamp, 4))
    cancelled = body_of(await shop.cancel(order))
    assert cancelled["cancellationReason"] == "requested"
    assert await shop.outcome(order) == ("cancelled", "cancelled", "released")
    assert await shop.stock(lamp) == (10, 0)
    assert refusal_of(await shop.pay(order), 409) == ("order_cancelled", [])


async def test_cancelling_after_the_payment_gives_both_back(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=10)
    order = await shop.placed(customer, (lamp, 4))
    body_of(await shop.pay(order))
    assert await shop.stock(lamp) == (6, 0)
    cancelled = body_of(await shop.cancel(order))
    assert await shop.outcome(order) == ("cancelled", "refunded", "released")
    assert await shop.stock(lamp) == (10, 0)
    assert body_of(await shop.cancel(order)) == cancelled
    assert await shop.stock(lamp) == (10, 0)


async def test_concurrent_orders_never_oversell(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=10)
    answers = await asyncio.gather(
        *(shop.place(customer, (lamp, 1)) for _ in range(20))
    )
    orders = [answer.json() for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(orders) == 10
    assert {refusal_of(answer, 409)[0] for answer in refused} == {"insufficient_stock"}
    assert await shop.stock(lamp) == (10, 10)
    for order in orders:
        assert (await shop.outcome(order))[0] == "awaiting_payment"


async def test_pay_and_cancel_at_the_same_moment(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product(on_hand=100)
    orders = [await shop.placed(customer, (lamp, 1)) for _ in range(10)]
    calls = [call(order) for order in orders for call in (shop.pay, shop.cancel)]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= {200, 409}
    outcomes = [await shop.outcome(order) for order in orders]
    assert {status for status, _, _ in outcomes} == {"cancelled"}
    assert await shop.stock(lamp) == (100, 0)
