"""The service of a generated project with routes that call and fail, to be watched.

What is in the path, the query, the headers and the body of a request to them is secret.
"""

import importlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# the script beside this one
from black_box import (  # type: ignore[import-not-found]
    OWN,
    PACKAGE,
    PREFIX,
    free_port,
    status,
)

SECRET = "hunter2"
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PLANTED = Path(__file__).with_name("planted.py")
HEADERS = {
    "authorization": f"Bearer {SECRET}",
    "cookie": f"session={SECRET}",
    "x-api-key": SECRET,
    "tracestate": f"vendor={SECRET}",
    "baggage": f"user={SECRET}",
    "user-agent": SECRET,
    "x-request-id": "request-7",
}


@contextmanager
def planted(
    environment: dict[str, str], log: Path
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The service with the routes of planted.py, once it is live."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, str(PLANTED), PACKAGE],
            env=environment | {PREFIX + "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:

        def runs() -> None:
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.05)

        await_that(lambda: status(f"{base}{OWN}/health/live") == 200, runs)
        yield base, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def await_that(condition: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        meanwhile()


def ends(process: "subprocess.Popen[bytes]") -> None:
    """It ends when it is asked to, sooner than what asks would kill it."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=25) in (0, -signal.SIGTERM)


def first_context_at(url: str) -> dict[str, str]:
    """Settings of a process that calls elsewhere for the first context."""
    elsewhere, *served = importlib.import_module(f"{PACKAGE}.contexts").CONTEXTS
    return {
        f"{PREFIX}REMOTE__{elsewhere.upper()}": url,
        PREFIX + "CONTEXTS": ",".join(served),
    }


def passwords(environment: dict[str, str]) -> list[str]:
    """What the settings hold that nobody may be told."""
    named = ("JWT_SECRET", "DATABASE_URL")
    return [environment[PREFIX + name] for name in named]


def complaints(log: Path) -> list[str]:
    """The events of the lines that are there because something is wrong.

    A machine that is busy makes any request slow.
    """
    ignored = ("info", "slow_request")
    return [
        line["event"]
        for line in lines(log)
        if line["level"] not in ignored and line["event"] not in ignored
    ]


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]
