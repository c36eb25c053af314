"""Runs in the generated shop, with its Python: a cache that two processes share.

Many misses are one load, no answer is older than what was written before it was asked
for, and every request is answered while Redis hangs or is gone.
"""

import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from black_box import (  # type: ignore[import-not-found]
    HAS_METRICS,
    PACKAGE,
    PREFIX,
    bearer_of,
    call,
    database,
    free_port,
    request,
    service,
    settings,
)
from plain_requests import figures  # type: ignore[import-not-found]

sys.path.insert(0, "tests")
from redis_fixture import own_redis  # type: ignore[import-not-found]

READERS, WRITES, STAMPEDES, CALLERS = 6, 60, 5, 200
ACCOUNT = {"email": "someone@example.com", "password": "Long-enough-1"}


class Traffic:
    """Readers of one product, and a writer who counts its price up, at both processes.

    `faults` has what no caller should see: a status, or a price that was replaced
    before it was asked for.
    """

    def __init__(self, bases: list[str], token: dict[str, str], product: str) -> None:
        self.product, self.token = product, token
        self.paths = cycle([f"/products/{product}", "/products?limit=20"])
        self.bases = cycle(bases)
        self.written = 0
        self.faults: list[object] = []
        self.outcomes: Counter[str] = Counter()
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._go, args=(step,))
            for step in (self._write, *[self._read] * READERS)
        ]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, writes: int) -> None:
        """Return after so many more writes; raises AssertionError for faults."""
        end, deadline = self.written + writes, time.monotonic() + 120
        while self.written < end and not self.faults:
            assert time.monotonic() < deadline, (self.written, end)
            time.sleep(0.01)
        assert not self.faults, self.faults

    def _go(self, step: Callable[[], None]) -> None:
        while not self._is_over.is_set() and not self.faults:
            try:
                step()
            except Exception as error:
                self.faults.append(repr(error))

    def _write(self) -> None:
        price, url = self.written + 1, f"{next(self.bases)}/products/{self.product}"
        code, _, body = request("PATCH", url, {"unitPrice": price}, self.token)
        if code != 200:
            self.faults.append((code, body))
        self.written = price

    def _read(self) -> None:
        least, path = self.written, next(self.paths)
        code, headers, body = request("GET", next(self.bases) + path)
        if code != 200:
            self.faults.append((code, body))
            return
        self.outcomes[headers["x-cache"]] += 1
        price = price_of(body, self.product)
        if price < least:
            self.faults.append((path, headers["x-cache"], price, least))


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = settings(stack.enter_context(database()))
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        redis = stack.enter_context(own_redis())
        environment[f"{PREFIX}REDIS_URL"] = redis.url
        logs = [folder / f"{name}.log" for name in ("one", "other")]
        bases = []
        for log in logs:
            given = environment | {f"{PREFIX}PORT": str(free_port())}
            bases.append(stack.enter_context(service(given, log))[0])
        token = bearer_of(bases[0], ACCOUNT)
        stampedes(bases, token)
        with Traffic(bases, token, new_product(bases[0], token)) as traffic:
            traffic.goes_on(WRITES)
            assert traffic.outcomes["hit"] and not traffic.outcomes["bypass"]
            os.kill(redis.process.pid, signal.SIGSTOP)
            traffic.goes_on(WRITES)
            os.kill(redis.process.pid, signal.SIGCONT)
            is_used_again(bases, traffic)
            redis.process.kill()
            redis.process.wait()
            traffic.goes_on(WRITES)
            stack.enter_context(own_redis(redis.port))
            is_used_again(bases, traffic)
        print(f"reads: {dict(traffic.outcomes)}, writes: {traffic.written}")
        for log in logs:
            text = log.read_text("utf-8")
            assert text.count('"redis_away"') == 2, text.count('"redis_away"')
            assert text.count('"redis_back"') == 2, text.count('"redis_back"')
    print("all is well")


def stampedes(bases: list[str], token: dict[str, str]) -> None:
    """So many misses of one key at once, at two processes, are one load."""
    before = sum(map(loads, bases))
    for _ in range(STAMPEDES):
        product = new_product(bases[0], token)
        urls = [f"{base}/products/{product}" for base in bases] * (CALLERS // 2)
        with ThreadPoolExecutor(CALLERS) as pool:
            found = list(pool.map(lambda url: request("GET", url), urls))
        assert {code for code, _, _ in found} == {200}
        assert {headers["x-cache"] for _, headers, _ in found} <= {"hit", "miss"}
        assert len({headers["etag"] for _, headers, _ in found}) == 1
    if HAS_METRICS:
        done = sum(map(loads, bases)) - before
        assert done == STAMPEDES, done


def is_used_again(bases: list[str], traffic: Traffic) -> None:
    """Wait until both processes answer from Redis, and see that it goes on so."""
    deadline = time.monotonic() + 60
    for base in bases:
        url = f"{base}/products/{traffic.product}"
        while request("GET", url)[1]["x-cache"] == "bypass":
            assert time.monotonic() < deadline
            time.sleep(0.05)
    hits = traffic.outcomes["hit"]
    traffic.goes_on(WRITES)
    assert traffic.outcomes["hit"] > hits


def new_product(base: str, token: dict[str, str]) -> str:
    body = {
        "sku": f"SKU-{uuid4().hex[:16].upper()}",
        "name": "Oak desk lamp",
        "unitPrice": 0,
        "currency": "EUR",
        "category": "lighting",
    }
    code, _, made = request("POST", f"{base}/products", body, token)
    assert code == 201, made
    return str(made["id"])


def price_of(body: dict[str, Any], product: str) -> int:
    """The price that an answer tells: of one product or of a list."""
    found = body.get("data", [body])
    return int(next(one["unitPrice"] for one in found if one["id"] == product))


def loads(base: str) -> int:
    """How often the process has asked the database for products to keep."""
    if not HAS_METRICS:
        return 0
    lines = [
        line
        for line in figures(base)
        if re.match(r'cache_loads_total\{resource="products"\}', line)
    ]
    return sum(int(float(line.split()[-1])) for line in lines)


if __name__ == "__main__":
    os.environ.pop("TEST_REDIS_URL", None)
    main()
