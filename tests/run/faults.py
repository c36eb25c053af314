"""Runs in a generated project, with its Python: the real process, and what goes wrong.

Its database is absent when it boots, comes, freezes, goes and comes back; it is asked
to stop with requests in hand; clients send it heads without an end.
"""

import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

# the scripts beside this one
from black_box import (  # type: ignore[import-not-found]
    HAS_LOGIN,
    IS_POSTGRES,
    PACKAGE,
    PREFIX,
    call,
    code_of,
    database,
    free_port,
    request,
    service,
    settings,
    status,
)
from proxy import Proxy  # type: ignore[import-not-found]
from sqlalchemy import make_url  # type: ignore[import-not-found]

TIMEOUT = 3
AT_ONCE = 8

Answer = tuple[int, dict[str, str], dict[str, Any]]


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], settings(url))
        log = Path(folder, "log")
        if IS_POSTGRES:
            survives_its_server(url, log)
        else:
            survives_its_file(url, log)
        assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")
    print("all is well")


def survives_its_server(url: str, log: Path) -> None:
    parsed = make_url(url)
    proxy = Proxy((parsed.host, parsed.port))
    behind = parsed.set(port=proxy.port).render_as_string(hide_password=False)
    with service(limited(behind), log, awaited="live") as (base, process):
        is_down(base)
        proxy.open()
        read = reader(base)
        recovers(base, read)

        proxy.freeze()
        are_unavailable(together(read))
        is_down(base)
        proxy.thaw()
        recovers(base, read)

        proxy.cut()
        are_unavailable(together(read))
        is_down(base)
        proxy.open()
        recovers(base, read)

        refuses_heads_without_an_end(base)

        # answers that come, though they come after the signal
        def thaw_soon() -> None:
            time.sleep(TIMEOUT / 4)
            proxy.thaw()

        proxy.freeze()
        stops_with_requests_in_hand(process, read, 200, after=thaw_soon)
    with service(limited(behind), log, awaited="live") as (base, process):
        read = reader(base)
        recovers(base, read)
        # answers that never come
        proxy.freeze()
        stops_with_requests_in_hand(process, read, 503)
    proxy.thaw()
    proxy.cut()


def survives_its_file(url: str, log: Path) -> None:
    file = Path(make_url(url).database)
    away = file.with_name("away")
    file.rename(away)
    # no file and none that could be made
    file.mkdir()
    with service(limited(url), log, awaited="live") as (base, process):
        is_down(base)
        file.rmdir()
        away.rename(file)
        read = reader(base)
        recovers(base, read)
        refuses_heads_without_an_end(base)
        if not HAS_LOGIN:
            return
        lock = sqlite3.connect(
            file, isolation_level=None, timeout=30, check_same_thread=False
        )
        lock.execute("BEGIN IMMEDIATE")
        are_unavailable(together(writer(base)))
        recovers(base, read)

        def unlock_soon() -> None:
            time.sleep(TIMEOUT / 4)
            lock.execute("ROLLBACK")

        # few, as each one computes a costly hash first
        stops_with_requests_in_hand(
            process, writer(base), 201, at_once=2, after=unlock_soon
        )
        lock.close()


def limited(url: str) -> dict[str, str]:
    """Settings with short limits."""
    limits = {"REQUEST_TIMEOUT_SECONDS": TIMEOUT, "DATABASE_POOL_SIZE": AT_ONCE}
    return dict(settings(url), **{PREFIX + k: str(v) for k, v in limits.items()})


def reader(base: str) -> Callable[[], Answer]:
    """A request that reads from the database."""
    if HAS_LOGIN:
        account = {"email": f"a{free_port()}@example.com", "password": "Long-enough-1"}
        request("POST", f"{base}/auth/register", account)
        _, _, body = request("POST", f"{base}/auth/login", account)
        token = {"authorization": f"Bearer {body['accessToken']}"}
        return partial(request, "GET", f"{base}/auth/me", headers=token)
    _, _, document = request("GET", f"{base}/openapi.json")
    [path, *_] = [
        path
        for path, item in document["paths"].items()
        if "{" not in path and "get" in item and item["get"].get("tags") != ["platform"]
    ]
    return partial(request, "GET", base + path)


def writer(base: str) -> Callable[[], Answer]:
    """A request that writes into it."""
    numbers = iter(range(10**6))

    def register() -> Answer:
        email = f"b{next(numbers)}.{free_port()}@example.com"
        account = {"email": email, "password": "Long-enough-1"}
        answer: Answer = request("POST", f"{base}/auth/register", account)
        return answer

    return register


def together(work: Callable[[], Answer]) -> list[Answer]:
    """The answers to as many requests as are made at once."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [
            item.result() for item in [threads.submit(work) for _ in range(AT_ONCE)]
        ]


def are_unavailable(answers: list[Answer]) -> None:
    for code, headers, body in answers:
        assert code == 503, (code, body)
        assert code_of(headers, body) == "unavailable", body


def is_down(base: str) -> None:
    """It lives, and says what it cannot do without."""
    assert status(f"{base}/health/live") == 200
    code, _, body = request("GET", f"{base}/health/ready")
    assert code == 503 and body["status"] == "down", body
    assert {item["status"] for item in body["dependencies"].values()} == {"down"}, body


def recovers(base: str, read: Callable[[], Answer]) -> None:
    """It is as it was, by itself; no request pays for what was."""
    code, _, body = request("GET", f"{base}/health/ready")
    assert code == 200 and body["status"] == "up", body
    for _ in range(3):
        for code, _, body in together(read):
            assert code == 200, body


def stops_with_requests_in_hand(
    process: "subprocess.Popen[bytes]",
    work: Callable[[], Answer],
    expected: int,
    *,
    at_once: int = AT_ONCE,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Every request that it has taken is answered, and then it ends."""
    with ThreadPoolExecutor(at_once) as threads:
        answers: list[Future[Answer]] = [threads.submit(work) for _ in range(at_once)]
        time.sleep(TIMEOUT / 4)
        assert not any(answer.done() for answer in answers)
        process.send_signal(signal.SIGTERM)
        threading.Thread(target=after).start()
        for answer in answers:
            code, headers, body = answer.result()
            assert code == expected, (code, body)
            if code == 503:
                assert code_of(headers, body) == "unavailable", body
    # uvicorn ends by the signal that it was asked to end with
    assert process.wait(timeout=30) in (0, -signal.SIGTERM)


def refuses_heads_without_an_end(base: str) -> None:
    host, _, port = base.removeprefix("http://").partition(":")
    head = b"GET /health/live HTTP/1.1\r\nhost: test\r\n"
    for headers in (b"x: 1\r\n" * 20_000, b"x: " + b"y" * 5_000_000):
        with socket.create_connection((host, int(port)), timeout=30) as client:
            try:
                client.sendall(head + headers + b"\r\n\r\n")
                assert client.recv(65536).startswith(b"HTTP/1.1 431 ")
            except ConnectionError:
                pass  # it was closed before all was sent
    assert status(f"{base}/health/live") == 200


if __name__ == "__main__":
    main()
