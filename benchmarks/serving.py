"""CPU of the server per request, beside bare ASGI and asyncpg doing the same work."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import httpx
from rich.table import Table

from . import postgres
from .effort import Effort, median
from .load import MakeRequest, load, request
from .processes import Server, cpu_seconds
from .shop import ALONE, baseline, fill, log_in, new_product, shop
from .start import migrate
from .workshop import Workshop

WARM_UP_REQUESTS: Final = 300
LIST: Final = "/products?limit=20"


@dataclass(frozen=True)
class Operation:
    """A request that is repeated; `aim` is the least fraction of the ceiling."""

    name: str
    make: MakeRequest
    aim: float | None


class Rounds:
    """CPU microseconds of each operation in each round, by server."""

    def __init__(self, servers: Mapping[str, Server], database: str) -> None:
        self.servers = servers
        self.database = database
        self.costs: dict[tuple[str, str], list[float]] = {}

    async def run(self, operation: Operation, requests: int) -> None:
        """One round of an operation: the servers one after the other."""
        for name, server in self.servers.items():
            await load(server.port, operation.make, min(requests, WARM_UP_REQUESTS))
            before = cpu_seconds(server.pid)
            await load(server.port, operation.make, requests)
            spent = (cpu_seconds(server.pid) - before) / requests * 1e6
            self.costs.setdefault((name, operation.name), []).append(spent)
            # the table is the same for every operation, round and server
            await postgres.execute(
                self.database, "DELETE FROM products WHERE sku LIKE 'NEW-%'"
            )
            await postgres.execute(self.database, "VACUUM ANALYZE products")

    def cost(self, server: str, operation: Operation) -> float:
        """Microseconds per request: the median of the rounds."""
        return median(self.costs[server, operation.name])


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Microseconds of both, and the part of ours that the ceiling needs."""
    folder = workshop.project("rest-monolith", *ALONE)
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        migrate(folder, url)
        ours = stack.enter_context(shop(workshop, folder, url))
        bare = stack.enter_context(baseline(workshop, folder, "rows", url, LIST))
        authorization = log_in(ours.port)
        product, stock_item = fill(ours.port, authorization)
        paths = [f"/products/{product}", LIST]
        paths += [f"/stock-items/{stock_item}", "/stock-items?limit=20"]
        for path in paths:
            compare_answers(path, authorization, ours, bare)
        rounds = Rounds({"ours": ours, "bare": bare}, url)
        measured = operations(paths, authorization)
        for _ in range(effort.rounds):
            for operation in measured:
                asyncio.run(rounds.run(operation, effort.requests))
    return table_of(rounds, measured, effort)


def compare_answers(path: str, authorization: str, *servers: Server) -> None:
    """Make sure that both do the same work: their JSON is equal."""
    answers = [
        httpx.get(
            f"http://127.0.0.1:{server.port}{path}",
            headers={"authorization": authorization},
        )
        .raise_for_status()
        .json()
        for server in servers
    ]
    if answers[0] != answers[1]:
        raise RuntimeError(f"{path}: the servers differ: {answers}")


def operations(paths: list[str], authorization: str) -> list[Operation]:
    """What is measured: reads of `paths`, the last two with login, and an insert."""
    login = {"authorization": authorization}
    one, page, secured_one, secured_page = paths

    def insert() -> bytes:
        body = json.dumps(new_product("NEW")).encode()
        return request("POST", "/products", login, body)

    def get(path: str, headers: Mapping[str, str]) -> MakeRequest:
        fixed = request("GET", path, headers)
        return lambda: fixed

    return [
        Operation("one row", get(one, {}), 0.27),
        Operation("list of 20", get(page, {}), 0.27),
        Operation("insert, with login", insert, 0.17),
        Operation("one row, with login", get(secured_one, login), None),
        Operation("list of 20, with login", get(secured_page, login), None),
    ]


def table_of(rounds: Rounds, measured: list[Operation], effort: Effort) -> Table:
    """Microseconds of `ours` and `bare`, and what part of ours the other needs."""
    table = Table(
        title="Server CPU per request, microseconds: medians of "
        f"{effort.rounds} rounds of {effort.requests}"
    )
    table.add_column("operation")
    for column in ("ours", "ceiling", "ceiling / ours", "lowest", "highest", "aim"):
        table.add_column(column, justify="right")
    for operation in measured:
        ours, bare = (rounds.cost(name, operation) for name in ("ours", "bare"))
        fractions = [
            least / spent
            for least, spent in zip(
                rounds.costs["bare", operation.name],
                rounds.costs["ours", operation.name],
                strict=True,
            )
        ]
        table.add_row(
            operation.name,
            f"{ours:.0f}",
            f"{bare:.0f}",
            f"{bare / ours:.2f}",
            f"{min(fractions):.2f}",
            f"{max(fractions):.2f}",
            "" if operation.aim is None else f"{operation.aim:.2f}",
        )
    return table
