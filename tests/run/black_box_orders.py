"""Runs in a generated shop, with its Python: no order is lost, whoever is killed.

200 concurrent orders for 100 items: 100 succeed. Then the service and the worker are
killed (-9) at random moments while orders are placed, paid and cancelled by clients who
repeat their requests. In the end every order is at its end, the stock adds up, nobody
paid twice, and each customer had a mail about everything. SEED=7 repeats a run.
"""

import asyncio
import os
import random
import secrets
import time
from collections import Counter
from importlib import import_module

import asyncpg  # type: ignore[import-untyped]
import httpx
from black_box import (  # type: ignore[import-not-found]
    OWN,
    PACKAGE,
    PREFIX,
    bearer_of,
    request,
)
from shop_world import World, world  # type: ignore[import-not-found]
from shoppers import Item, Shoppers  # type: ignore[import-not-found]

ORDERS, ITEMS, PRICE = 200, 100, 7900
KILLS, MORE_ORDERS, AT_ONCE = 10, 40, 12
# Bounds, not what it takes: under a minute for each on two idle cores.
PHASE_SECONDS, PATIENCE_SECONDS = 400, 200
SEED = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
ENDS = {
    ("paid", "succeeded", "confirmed"),
    *(
        ("cancelled", money, stock)
        for money in ("cancelled", "refunded")
        for stock in ("released", "expired")
    ),
}
SUBJECTS = {
    "placed": "We have your order",
    "paid": "Your order is paid",
    "cancelled": "Your order is cancelled",
}
# An order, its payment and its reservation, by the order's id.
STATES = """
    SELECT o.id::text, o.status, p.status, r.status, p.provider_reference, o.total,
           r.lines
    FROM orders o LEFT JOIN payments p ON p.order_id = o.id
    LEFT JOIN reservations r ON r.order_id = o.id
"""
STOCK = "SELECT quantity_on_hand, quantity_reserved FROM stock_items"
OPEN = """
    SELECT (SELECT count(*) FROM orders WHERE status = 'awaiting_payment'
                OR (status <> 'cancelled' AND cancellation_reason IS NOT NULL))
         + (SELECT count(*) FROM reservations WHERE status = 'active')
         + (SELECT count(*) FROM notifications WHERE status = 'queued')
         + (SELECT count(*) FROM domain_events_outbox)
         + (SELECT count(*) FROM domain_events_parked)
         + (SELECT coalesce(sum(last), 0) FROM domain_events_streams)
         - (SELECT coalesce(sum(last), 0) FROM domain_events_consumed)
"""
LATER = (
    "UPDATE orders SET expires_at = now() - interval '1 minute', "
    "updated_at = now() - interval '5 minutes' WHERE status <> 'cancelled'",
    "UPDATE reservations SET expires_at = now() - interval '1 minute' "
    "WHERE status = 'active'",
)


def main() -> None:
    print(f"SEED={SEED}", flush=True)
    begun = time.monotonic()
    with world() as shop:
        asyncio.run(prove(shop))
    print(f"{time.monotonic() - begun:.0f} seconds")
    print("all is well")


async def prove(shop: World) -> None:
    shop.start("service", REQUEST_TIMEOUT_SECONDS=60, DATABASE_POOL_WAIT_SECONDS=60)
    shop.start("worker")
    shop.wait_until_ready()
    account = {"email": "someone@example.com", "password": "Long-enough-1"}
    prefix = prefix_of(shop)
    rows = await asyncpg.connect(
        shop.environment[f"{PREFIX}DATABASE_URL"].replace("+asyncpg", "")
    )
    async with httpx.AsyncClient(
        base_url=shop.base + prefix,
        headers=bearer_of(shop.base, account),
        timeout=90,
        limits=httpx.Limits(max_connections=ORDERS),
    ) as http:
        shoppers = Shoppers(http, random.Random(SEED), asyncio.Semaphore(ORDERS))
        shoppers.is_open.set()
        lamp = await product(shoppers, ITEMS)
        people = [await customer(shoppers, number) for number in range(10)]
        first = await many_at_once(shoppers, people, lamp)
        assert [tuple(row) for row in await rows.fetch(STOCK)] == [(ITEMS, ITEMS)]

        shade = await product(shoppers, 2 * MORE_ORDERS)
        shop.kill("service")
        shop.start("service")
        shop.wait_until_ready()
        await through_kills(shop, shoppers, people, shade, first)
    await settle(shop, rows)
    await check(shop, shoppers, rows, on_hand=ITEMS + 2 * MORE_ORDERS)
    await rows.close()


def prefix_of(shop: World) -> str:
    """What stands before the paths of the contract."""
    _, _, document = request("GET", f"{shop.base}{OWN}/openapi.json")
    path = next(path for path in document["paths"] if path.endswith("/orders"))
    return str(path).removesuffix("/orders")


async def product(shoppers: Shoppers, on_hand: int) -> Item:
    sku = f"LAMP-{on_hand}"
    made = await shoppers.post(
        "/products",
        {
            "sku": sku,
            "name": "Oak desk lamp",
            "unitPrice": PRICE,
            "currency": "EUR",
            "status": "active",
        },
    )
    assert made.status_code == 201, made.text
    item: Item = made.json()
    stock = {"productId": item["id"], "quantityOnHand": on_hand}
    kept = await shoppers.post("/stock-items", stock)
    assert kept.status_code == 201, kept.text
    return item


async def customer(shoppers: Shoppers, number: int) -> Item:
    person = {"email": f"mina{number}@example.com", "displayName": "Mina Okafor"}
    made = await shoppers.post("/users", person)
    assert made.status_code == 201, made.text
    item: Item = made.json()
    return item


async def many_at_once(shoppers: Shoppers, people: list[Item], lamp: Item) -> list[str]:
    """200 orders for 100 items at the same moment; those that succeeded."""
    begun = time.monotonic()
    placed = await asyncio.gather(
        *(shoppers.place(people[n % len(people)], lamp) for n in range(ORDERS))
    )
    orders = [order for order in placed if order is not None]
    assert len(orders) == len(set(orders)) == ITEMS, len(orders)
    seconds = time.monotonic() - begun
    print(f"{ORDERS} orders at once, {len(orders)} placed: {seconds:.1f} s", flush=True)
    return orders


async def through_kills(
    shop: World, shoppers: Shoppers, people: list[Item], shade: Item, first: list[str]
) -> None:
    """Pay, cancel and place orders, a few at a time, while processes are killed."""
    begun = time.monotonic()
    shoppers.turns = asyncio.Semaphore(AT_ONCE)
    work = [shoppers.go_on(order) for order in first]
    work += [
        shoppers.shop(people[number % len(people)], shade)
        for number in range(MORE_ORDERS)
    ]
    shoppers.chance.shuffle(work)
    async with asyncio.timeout(PHASE_SECONDS), asyncio.TaskGroup() as tasks:
        killing = tasks.create_task(kill(shop, shoppers))
        for each in work:
            tasks.create_task(each)
    assert killing.done()
    told = f"{KILLS} kills, {shoppers.answers} answers, {shoppers.repeats} repeats"
    print(f"{told}: {time.monotonic() - begun:.1f} s", flush=True)


async def kill(shop: World, shoppers: Shoppers) -> None:
    """Kill a process, or both, again and again, and start them anew."""
    chance = random.Random(SEED + 1)
    for _ in range(KILLS):
        await shoppers.more_answers(chance.randint(3, 16))
        await asyncio.sleep(chance.random() / 20)  # between two answers
        names = chance.choice((["service"], ["worker"], ["service", "worker"]))
        for name in names:
            shop.kill(name)
        for name in names:
            shop.start(name)
        if "service" in names:
            shoppers.is_open.clear()
            await asyncio.to_thread(shop.wait_until_ready)
            shoppers.is_open.set()


async def settle(shop: World, rows: asyncpg.Connection) -> None:
    """Let the time of all reservations pass, and wait until nothing is left to do."""
    begun = time.monotonic()
    for statement in LATER:
        await rows.execute(statement)
    await enqueue(shop)
    deadline, again = begun + PATIENCE_SECONDS, begun + 10
    while left := await rows.fetchval(OPEN):
        if time.monotonic() > again:
            again = time.monotonic() + 10
            await enqueue(shop)
        assert time.monotonic() < deadline, (
            left,
            [tuple(row) for row in await rows.fetch(STATES)],
            shop.log.read_text("utf-8")[-6000:],
        )
        await asyncio.sleep(0.1)
    print(f"settled: {time.monotonic() - begun:.1f} s", flush=True)


async def enqueue(shop: World) -> None:
    """Have the jobs done that are done every minute."""
    os.environ.update(
        {k: v for k, v in shop.environment.items() if k.startswith(PREFIX)}
    )
    settings = import_module(f"{PACKAGE}.settings").load_settings()
    wiring = import_module(f"{PACKAGE}.wiring").Wiring(settings)
    nothing = import_module(f"{PACKAGE}.platform.job_queue.job").Nothing()
    inventory = import_module(f"{PACKAGE}.inventory.jobs")
    orders = import_module(f"{PACKAGE}.orders.jobs")
    try:
        for job in (inventory.EXPIRE, orders.SETTLE):
            await wiring.job_queue.enqueue(job, nothing)
    finally:
        await wiring.close()


async def check(
    shop: World, shoppers: Shoppers, rows: asyncpg.Connection, on_hand: int
) -> None:
    """Everything adds up."""
    states = {row[0]: row for row in await rows.fetch(STATES)}
    ends = Counter((row[1], row[2], row[3]) for row in states.values())
    print(dict(ends), flush=True)
    assert set(ends) <= ENDS, ends
    assert shoppers.seen.keys() <= states.keys()
    for order, status in shoppers.seen.items():
        if status == "cancelled":
            assert states[order][1] == "cancelled", order
    stock = await rows.fetch(STOCK)
    sold = sum(row[5] for row in states.values() if row[1] == "paid") // PRICE
    assert sum(row[1] for row in stock) == 0, stock
    assert sum(row[0] for row in stock) + sold == on_hand, (stock, sold)

    charges = shop.charges()
    of_orders = {row[4]: row[1] for row in states.values()}
    assert charges.keys() <= of_orders.keys(), "money of no order"
    kept = {reference for reference, is_kept in charges.items() if is_kept}
    paid = {reference for reference, status in of_orders.items() if status == "paid"}
    assert kept == paid, (kept - paid, paid - kept)

    mails = shop.mails()
    for order, (_, status, money, *_rest) in states.items():
        wanted = {"placed"}
        if status == "paid" or order in shoppers.paid:
            wanted.add("paid")
        if status == "cancelled":
            wanted.add("cancelled")
        allowed = wanted | ({"paid"} if money == "refunded" else set())
        for what, subject in SUBJECTS.items():
            messages = mails.get((order, subject), set())
            assert len(messages) <= 1, f"{order} {what}: {len(messages)} messages"
            assert bool(messages) or what not in wanted, f"{order} {what}: no mail"
            assert not messages or what in allowed, f"{order} is not {what}"
    repeated = len(shop.mailbox.mails) - len(mails)
    print(f"{len(mails)} mails, {repeated} of them twice", flush=True)


if __name__ == "__main__":
    main()
