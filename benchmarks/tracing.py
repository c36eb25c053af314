"""What traces cost: the same service with and without them, beside the ceiling."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from rich.table import Table

from . import postgres
from .effort import Effort
from .serving import LIST, Operation, Rounds, compare_answers, operations
from .shop import ALONE, baseline, fill, log_in, shop
from .start import migrate
from .workshop import Workshop

AIM: Final = 0.22
"""The least fraction of the ceiling, with one trace in a hundred."""


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Microseconds without and with traces, of one request in a hundred."""
    answers = (*ALONE, "observability=prometheus,opentelemetry")
    folder = workshop.project("rest-monolith", *answers)
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        migrate(folder, url)
        sink = {"SHOP_OTLP_ENDPOINT": stack.enter_context(collector())}
        without = stack.enter_context(shop(workshop, folder, url))
        traced = stack.enter_context(shop(workshop, folder, url, **sink))
        bare = stack.enter_context(baseline(workshop, folder, "rows", url, LIST))
        authorization = log_in(without.port)
        product, stock_item = fill(without.port, authorization)
        paths = [f"/products/{product}", LIST]
        paths += [f"/stock-items/{stock_item}", "/stock-items?limit=20"]
        for path in paths:
            compare_answers(path, authorization, without, traced, bare)
        rounds = Rounds({"without": without, "traced": traced, "bare": bare}, url)
        measured = [one for one in operations(paths, authorization) if one.aim]
        for _ in range(effort.rounds):
            for operation in measured:
                asyncio.run(rounds.run(operation, effort.requests))
    return _table(rounds, measured, effort)


@contextmanager
def collector() -> Iterator[str]:
    """The URL of a collector that takes spans and forgets them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class _Sink(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _table(rounds: Rounds, measured: list[Operation], effort: Effort) -> Table:
    table = Table(
        title="Server CPU per request, microseconds, one trace in a hundred: "
        f"medians of {effort.rounds} rounds of {effort.requests}"
    )
    table.add_column("operation")
    for column in ("without", "traced", "ceiling", "ceiling / traced", "aim"):
        table.add_column(column, justify="right")
    for operation in measured:
        without, traced, bare = (
            rounds.cost(name, operation) for name in ("without", "traced", "bare")
        )
        table.add_row(
            operation.name,
            f"{without:.0f}",
            f"{traced:.0f}",
            f"{bare:.0f}",
            f"{bare / traced:.2f}",
            f"{AIM:.2f}" if operation.name == "one row" else "",
        )
    return table
