"""Reservations: kept for 15 minutes, repeatable, never more than there is."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from told import code_of, told_by

Item = dict[str, Any]


async def stock_item(client: AsyncClient, on_hand: int) -> Item:
    body = {"productId": str(uuid4()), "quantityOnHand": on_hand}
    created = await client.post("/stock-items", json=body)
    assert created.status_code == 201, created.text
    item: Item = created.json()
    return item


async def stock(client: AsyncClient, item: Item) -> tuple[int, int]:
    found = (await client.get(f"/stock-items/{item['id']}")).json()
    return found["quantityOnHand"], found["quantityReserved"]


async def reserve(
    client: AsyncClient, *lines: tuple[Item, int], order_id: str | None = None
) -> Response:
    body = {
        "orderId": order_id or str(uuid4()),
        "lines": [
            {"productId": item["productId"], "quantity": quantity}
            for item, quantity in lines
        ],
    }
    return await client.post("/reservations", json=body)


async def insist(client: AsyncClient, *lines: tuple[Item, int]) -> Response:
    """Reserve, and repeat it while the service is too busy, as clients do."""
    order_id = str(uuid4())
    for _ in range(100):
        answer = await reserve(client, *lines, order_id=order_id)
        if answer.status_code != 503:
            break
        await asyncio.sleep(0.1)
    return answer


async def act(client: AsyncClient, reservation: Item, action: str) -> Response:
    return await client.post(f"/reservations/{reservation['id']}/{action}")


@pytest.fixture
def pass_time(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the inventory's clock go ahead for the rest of the test."""
    inventory = app.state.wiring.inventory
    now: Callable[[], datetime] = inventory.now

    def go_ahead(**time: float) -> None:
        monkeypatch.setattr(inventory, "now", lambda: now() + timedelta(**time))

    return go_ahead


async def test_reserving_twice_reserves_once(client: AsyncClient) -> None:
    item, order_id = await stock_item(client, 10), str(uuid4())
    first = await reserve(client, (item, 2), (item, 1), order_id=order_id)
    assert first.status_code == 201, first.text
    assert first.json()["status"] == "active"
    again = await reserve(client, (item, 3), order_id=order_id)
    assert again.json() == first.json(), "the same quantities"
    assert await stock(client, item) == (10, 3)


async def test_an_order_has_one_reservation(client: AsyncClient) -> None:
    item, order_id = await stock_item(client, 10), str(uuid4())
    await reserve(client, (item, 2), order_id=order_id)
    refused = await reserve(client, (item, 3), order_id=order_id)
    assert refused.status_code == 409
    assert code_of(refused) == "reservation_differs"


async def test_twins_reserve_once(client: AsyncClient) -> None:
    item, order_id = await stock_item(client, 3), str(uuid4())
    answers = await asyncio.gather(
        *(reserve(client, (item, 2), order_id=order_id) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await stock(client, item) == (3, 2)


async def test_what_falls_short_is_named(client: AsyncClient) -> None:
    plenty, one = await stock_item(client, 9), await stock_item(client, 1)
    unknown = {"productId": str(uuid4())}
    refused = await reserve(client, (plenty, 9), (one, 1), (unknown, 1), (one, 1))
    assert refused.status_code == 409
    told = told_by(refused)
    assert told.code == "insufficient_stock"
    assert told.detail == "There is too little stock of 2 products."
    assert [(error.pointer, error.message) for error in told.errors] == [
        ("/body/lines/1/quantity", "1 is available."),
        ("/body/lines/2/quantity", "0 are available."),
        ("/body/lines/3/quantity", "1 is available."),
    ]
    assert await stock(client, plenty) == (9, 0)
    assert await stock(client, one) == (1, 0)


async def test_many_at_once_get_what_there_is(client: AsyncClient) -> None:
    first, second = await stock_item(client, 100), await stock_item(client, 100)
    pairs = [((first, 1), (second, 1)), ((second, 1), (first, 1))] * 100
    answers = await asyncio.gather(*(insist(client, *lines) for lines in pairs))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(201), statuses.count(409)) == (100, 100)
    assert await stock(client, first) == (100, 100)
    assert await stock(client, second) == (100, 100)


async def test_confirming_takes_the_goods_out(client: AsyncClient) -> None:
    item = await stock_item(client, 10)
    reservation = (await reserve(client, (item, 4))).json()
    for _ in range(2):
        confirmed = await act(client, reservation, "confirm")
        assert confirmed.json()["status"] == "confirmed", confirmed.text
        assert await stock(client, item) == (6, 0)


async def test_releasing_frees_the_stock(client: AsyncClient) -> None:
    item = await stock_item(client, 10)
    reservation = (await reserve(client, (item, 4))).json()
    for _ in range(2):
        released = await act(client, reservation, "release")
        assert released.json()["status"] == "released", released.text
        assert await stock(client, item) == (10, 0)
    refused = await act(client, reservation, "confirm")
    assert refused.status_code == 409
    assert code_of(refused) == "reservation_released"


async def test_releasing_returns_confirmed_goods(client: AsyncClient) -> None:
    item = await stock_item(client, 10)
    reservation = (await reserve(client, (item, 4))).json()
    await act(client, reservation, "confirm")
    for _ in range(2):
        assert (await act(client, reservation, "release")).status_code == 200
        assert await stock(client, item) == (10, 0)


async def test_confirming_and_releasing_at_once(client: AsyncClient) -> None:
    item = await stock_item(client, 10)
    for _ in range(10):
        reservation = (await reserve(client, (item, 4))).json()
        await asyncio.gather(
            *(act(client, reservation, action) for action in ("confirm", "release") * 2)
        )
        assert await stock(client, item) == (10, 0), "a release comes last or wins"


async def test_an_expired_reservation_is_not_confirmed(
    client: AsyncClient, pass_time: Callable[..., None]
) -> None:
    item = await stock_item(client, 10)
    reservation = (await reserve(client, (item, 4))).json()
    pass_time(minutes=15, seconds=1)
    for _ in range(2):
        refused = await act(client, reservation, "confirm")
        assert refused.status_code == 409
        assert code_of(refused) == "reservation_expired"
        assert await stock(client, item) == (10, 0)
    released = await act(client, reservation, "release")
    assert released.json()["status"] == "expired"
    assert await stock(client, item) == (10, 0)


async def test_expired_stock_is_sold_when_it_is_missed(
    client: AsyncClient, pass_time: Callable[..., None]
) -> None:
    item = await stock_item(client, 3)
    reservation = (await reserve(client, (item, 2))).json()
    assert (await reserve(client, (item, 2))).status_code == 409
    pass_time(minutes=16)
    sold = await asyncio.gather(*(reserve(client, (item, 1)) for _ in range(6)))
    assert [answer.status_code for answer in sold].count(201) == 3
    path = f"/reservations/{reservation['id']}"
    assert (await client.get(path)).json()["status"] == "expired"
    assert await stock(client, item) == (3, 3)


async def test_a_count_covers_what_is_reserved(client: AsyncClient) -> None:
    item = await stock_item(client, 10)
    path = f"/stock-items/{item['id']}"
    await reserve(client, (item, 4))
    refused = await client.patch(path, json={"quantityOnHand": 3})
    assert refused.status_code == 409
    assert code_of(refused) == "stock_reserved"
    assert told_by(refused).errors[0].pointer == "/body/quantityOnHand"
    assert (await client.patch(path, json={})).json()["quantityOnHand"] == 10
    counted = await client.patch(path, json={"quantityOnHand": 4})
    assert counted.json()["quantityOnHand"] == 4


async def test_reserved_stock_is_not_deleted(client: AsyncClient) -> None:
    item = await stock_item(client, 10)
    reservation = (await reserve(client, (item, 4))).json()
    path = f"/stock-items/{item['id']}"
    refused = await client.delete(path)
    assert refused.status_code == 409
    assert code_of(refused) == "stock_reserved"
    await act(client, reservation, "confirm")
    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).status_code == 404
    released = await act(client, reservation, "release")
    assert released.json()["status"] == "released", "there is no shelf any more"
