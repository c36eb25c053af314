"""CPU of the server per list that the cache does not have, with login and limits.

Beside FastAPI and asyncpg, which know none of the three.
"""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
from rich.table import Table

from . import postgres
from .effort import Effort, median
from .load import request
from .redis import redis, send
from .serving import Operation, Rounds, compare_answers
from .shop import baseline, log_in, shop
from .start import migrate
from .workshop import Workshop

LIMIT: Final = 2.2
"""As many times the CPU of the baseline it may cost."""
ANSWERS: Final = ("cache=redis", "rate_limit=redis", "idempotency=none", "queue=none")
PAGES: Final = 100
FORGET: Final = b"FLUSHDB\r\n"
# The shop shows its products to everybody: here they need a login.
SECURED: Final = """
  - target: $.paths['/products'].get.security
    description: Products are for those who have logged in.
    remove: true
"""
ROWS: Final = f"""
INSERT INTO products (id, sku, name, description, unit_price, currency, category,
status, created_at, updated_at)
SELECT gen_random_uuid(), 'OLD-' || n, 'Oak desk lamp',
'A desk lamp of oiled oak with a linen shade.', 7900, 'EUR', 'lighting', 'active',
now() - n * interval '1 minute', now()
FROM generate_series(1, {PAGES * 20}) AS n
"""


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Microseconds of both, and how many times the other's ours are."""
    folder = workshop.project("rest-monolith", *ANSWERS)
    secure(workshop, folder)
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        kept = stack.enter_context(redis(folder))
        migrate(folder, url)
        asyncio.run(postgres.execute(url, ROWS))
        settings = {"SHOP_REDIS_URL": kept, "SHOP_RATE_LIMIT": "10000000/minute"}
        ours = stack.enter_context(shop(workshop, folder, url, **settings))
        authorization = log_in(ours.port)
        plain = stack.enter_context(baseline(workshop, folder, "plain", url, page(1)))
        compare_answers(page(2), authorization, ours, plain)
        check(ours.port, authorization)
        name = "list of 20: login, limit in Redis, cache miss"
        listed = Operation(name, Pages(kept, authorization).next, None)
        rounds = Rounds({"ours": ours, "bare": plain}, url)
        for _ in range(effort.rounds):
            asyncio.run(rounds.run(listed, effort.requests))
        send(kept, FORGET)
        check(ours.port, authorization)
    return _table(rounds, listed, effort)


def page(number: int) -> str:
    """The path of a page of 20."""
    return f"/products?limit=20&page={number}"


class Pages:
    """One page after the other; before the first comes again, Redis forgets all."""

    def __init__(self, url: str, authorization: str) -> None:
        self.url = url
        self.sent = 0
        login = {"authorization": authorization}
        self.requests = [request("GET", page(n + 1), login) for n in range(PAGES)]

    def next(self) -> bytes:
        """A request for a page that is not in Redis."""
        if self.sent % PAGES == 0:
            send(self.url, FORGET)
        self.sent += 1
        return self.requests[self.sent % PAGES]


def secure(workshop: Workshop, folder: Path) -> None:
    """Have the products ask for a login."""
    overlay = folder / "contracts" / "overlay.yaml"
    if SECURED not in overlay.read_text("utf-8"):
        with overlay.open("a", encoding="utf-8") as file:
            file.write(SECURED)
        workshop.run(["make", "--silent", "generate"], folder)


def check(port: int, authorization: str) -> None:
    """See that it is what its name says; raises RuntimeError."""
    url = f"http://127.0.0.1:{port}{page(3)}"
    if (status := httpx.get(url).status_code) != 401:
        raise RuntimeError(f"without a login: {status}")
    for outcome in ("miss", "hit"):
        answer = httpx.get(url, headers={"authorization": authorization})
        if answer.headers["x-cache"] != outcome:
            raise RuntimeError(f"{answer.headers['x-cache']}, no {outcome}")
        if "ratelimit" not in answer.headers:
            raise RuntimeError(f"no limit: {answer.headers}")


def _table(rounds: Rounds, listed: Operation, effort: Effort) -> Table:
    table = Table(
        title="Server CPU per request, microseconds: medians of "
        f"{effort.rounds} rounds of {effort.requests}"
    )
    table.add_column("operation")
    for column in ("ours", "FastAPI", "ours / FastAPI", "lowest", "highest", "limit"):
        table.add_column(column, justify="right")
    ours, plain = (rounds.costs[name, listed.name] for name in ("ours", "bare"))
    ratios = [spent / least for spent, least in zip(ours, plain, strict=True)]
    table.add_row(
        listed.name,
        f"{median(ours):.0f}",
        f"{median(plain):.0f}",
        f"{median(ours) / median(plain):.2f}",
        f"{min(ratios):.2f}",
        f"{max(ratios):.2f}",
        f"{LIMIT:.1f}",
    )
    return table
