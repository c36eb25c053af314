"""CPU of the server per cache hit, beside bare ASGI that has the bytes in Redis."""

import asyncio
from contextlib import ExitStack
from functools import partial
from typing import Final

import httpx
from rich.table import Table

from . import postgres
from .effort import Effort
from .load import request
from .redis import redis, send
from .serving import LIST, Operation, Rounds, compare_answers, table_of
from .shop import ALONE, baseline, fill, log_in, shop
from .start import migrate
from .workshop import Workshop

AIM: Final = 0.38
"""The least fraction of the ceiling."""


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Microseconds of both, and the part of ours that the ceiling needs."""
    answers = ["cache=redis" if one == "cache=none" else one for one in ALONE]
    folder = workshop.project("rest-monolith", *answers)
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        kept = stack.enter_context(redis(folder))
        migrate(folder, url)
        ours = stack.enter_context(shop(workshop, folder, url, SHOP_REDIS_URL=kept))
        authorization = log_in(ours.port)
        product, _ = fill(ours.port, authorization)
        paths = [f"/products/{product}", LIST]
        for path in paths:
            keep(kept, path, answer_of(ours.port, path, "miss"))
            answer_of(ours.port, path, "hit")
        ready = paths[1]
        bare = stack.enter_context(baseline(workshop, folder, "kept", kept, ready))
        for path in paths:
            compare_answers(path, authorization, ours, bare)
        one, page = (partial(request, "GET", path, {}) for path in paths)
        measured = [
            Operation("one row, from the cache", one, AIM),
            Operation("list of 20, from the cache", page, AIM),
        ]
        rounds = Rounds({"ours": ours, "bare": bare}, url)
        for _ in range(effort.rounds):
            for operation in measured:
                asyncio.run(rounds.run(operation, effort.requests))
        for path in paths:
            answer_of(ours.port, path, "hit")
    return table_of(rounds, measured, effort)


def answer_of(port: int, path: str, outcome: str) -> bytes:
    """The body at a path; raises RuntimeError unless the cache says that of it."""
    answer = httpx.get(f"http://127.0.0.1:{port}{path}").raise_for_status()
    if answer.headers["x-cache"] != outcome:
        raise RuntimeError(f"{path}: {answer.headers['x-cache']}, no {outcome}")
    return answer.content


def keep(url: str, path: str, body: bytes) -> None:
    """Put a body where the baseline looks for it."""
    name, _, query = path.partition("?")
    words = [b"SET", f"{name}?{query}".encode(), body]
    lines = [b"$%d\r\n%s\r\n" % (len(word), word) for word in words]
    send(url, b"*%d\r\n" % len(words) + b"".join(lines))
