"""Runs in a generated project, with its Python: the edges of what it does.

Tables that are not there yet, bodies that do not come, proxies and who pretends to be
one, settings that would let everybody in, and what logs and metrics say of all that.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from black_box import (  # type: ignore[import-not-found]
    HAS_ISSUER,
    HAS_LOGIN,
    HAS_METRICS,
    OWN,
    PACKAGE,
    PREFIX,
    bearer_of,
    call,
    code_of,
    database,
    request,
    service,
    settings,
)
from plain_requests import figures, send, target  # type: ignore[import-not-found]

ACCOUNT = {"email": "someone@example.com", "password": "Long-enough-1"}
TIMEOUT = 2
FORGED, CLIENT, PROXY = "6.6.6.6", "9.9.9.9", "10.0.0.2"
CHAIN = {"x-forwarded-for": f"{FORGED}, {CLIENT}, {PROXY}"}
LIVE = f"{OWN}/health/live"
JSON = {"content-type": "application/json"}


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        refuses_to_let_everybody_in(environment)
        log = Path(folder, "log")
        environment[f"{PREFIX}REQUEST_TIMEOUT_SECONDS"] = str(TIMEOUT)
        with service(environment, log, awaited="live") as (base, _):
            waits_for_its_tables(base, environment)
            send("GET", base + LIVE, None, CHAIN)
            path, token = target(base)
            late_bodies(base + path, token)
            odd_bodies(base + path, token)
            lists_are_known(base, token)
            if HAS_LOGIN:
                logs_out_everywhere(base)
            if HAS_METRICS:
                shows_apdex_and_pools(base)
        events = lines(log)
        assert clients(events) == {"127.0.0.1"}
        missing = [event for event in events if event["event"] == "dependency_down"]
        assert missing[0]["reason"].endswith(f"{PACKAGE}.migrate upgrade"), missing
        assert not [event for event in events if event.get("status") == 500], events
        if HAS_LOGIN:
            callers_have_pseudonyms(log)
        environment[f"{PREFIX}TRUSTED_PROXIES"] = f"127.0.0.1,{PROXY}"
        trusting = Path(folder, "trusting")
        with service(environment, trusting) as (base, _):
            send("GET", base + LIVE, None, CHAIN)
        assert clients(lines(trusting)) == {"127.0.0.1", CLIENT}
    print("all is well")


def refuses_to_let_everybody_in(environment: dict[str, str]) -> None:
    wrong = {"CORS_ORIGINS": "*", "TRUSTED_PROXIES": "*"}
    done = subprocess.run(
        [sys.executable, "-m", PACKAGE],
        env=environment | {PREFIX + name: value for name, value in wrong.items()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78, (done.returncode, done.stdout, done.stderr)
    assert all(f"{PREFIX}{name}: " in done.stderr for name in wrong), done.stderr
    assert "in production" in done.stderr, done.stderr


def waits_for_its_tables(base: str, environment: dict[str, str]) -> None:
    """It lives and is not ready, says 503, and serves once they are there."""
    code, _, body = request("GET", f"{base}{OWN}/health/ready")
    assert code == 503 and body["status"] == "down", body
    _, _, document = request("GET", f"{base}{OWN}/openapi.json")
    path = open_list(document)
    code, headers, body = request("GET", base + path)
    assert code == 503 and code_of(headers, body) == "unavailable", body
    assert headers["retry-after"] and "migrate" not in json.dumps(body)
    call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
    assert request("GET", f"{base}{OWN}/health/ready")[0] == 200
    assert request("GET", base + path)[0] == 200


def open_list(document: dict[str, Any]) -> str:
    """The path of a list that everybody may read."""
    paths: dict[str, Any] = document["paths"]
    return next(
        path
        for path, item in paths.items()
        if "{" not in path
        and "get" in item
        and not item["get"].get("security")
        and item["get"].get("tags") != ["platform"]
    )


def late_bodies(url: str, token: dict[str, str]) -> None:
    """Who sends half a body is told so in time; who may not send one, at once."""
    code, headers, body, seconds = half(url, token)
    assert code == 408 and code_of(headers, body) == "request_timeout", body
    assert headers["connection"] == "close" and seconds < 2 * TIMEOUT, seconds
    if token:
        for wrong in ({}, {"authorization": "Bearer a.b.c"}):
            code, headers, body, seconds = half(url, wrong)
            assert code == 401 and code_of(headers, body) == "unauthorized", body
            assert seconds < TIMEOUT, seconds


def half(
    url: str, token: dict[str, str]
) -> tuple[int, dict[str, str], dict[str, Any], float]:
    """The answer to a body of which one byte comes, and when it came."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    head = [f"POST /{path} HTTP/1.1", f"host: {host}", "content-length: 100"]
    head += [f"{key}: {value}" for key, value in (JSON | token).items()]
    begun = time.monotonic()
    with socket.create_connection((name, int(port)), timeout=30) as connection:
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n{")
        with connection.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            found = {}
            while line := answer.readline().strip():
                key, _, value = line.decode("latin-1").partition(": ")
                found[key.lower()] = value
            body = json.loads(answer.read(int(found["content-length"])))
            seconds = time.monotonic() - begun
            if found.get("connection") == "close":
                assert answer.read() == b""
    return status, found, body, seconds


def odd_bodies(url: str, token: dict[str, str]) -> None:
    """What parsers understand differently is refused."""
    utf_16 = {"content-type": "application/json; charset=utf-16"}
    for headers, body, expected in (
        (JSON, b'{"a": 1, "a": 2}', {400, 422}),
        (utf_16, '{"a": 1}'.encode("utf-16"), {415}),
        (JSON | {"content-encoding": "gzip"}, b"\x1f\x8b", {415}),
    ):
        code, found, answer = send("POST", url, body, headers | token)
        assert code in expected and code_of(found, answer), (body, code, answer)


def lists_are_known(base: str, token: dict[str, str]) -> None:
    _, _, document = request("GET", f"{base}{OWN}/openapi.json")
    path = open_list(document)
    _, headers, _ = send("GET", base + path, None, token)
    known = {"if-none-match": headers["etag"]}
    code, headers, body = send("GET", base + path, None, token | known)
    assert (code, body) == (304, "") and headers["etag"] == known["if-none-match"]


def logs_out_everywhere(base: str) -> None:
    if HAS_ISSUER:
        token = bearer_of(base, ACCOUNT)
        assert send("POST", f"{base}{OWN}/auth/logout-all", None, token)[0] == 204
        return
    pairs = [request("POST", f"{base}{OWN}/auth/login", ACCOUNT)[2] for _ in range(2)]
    token = {"authorization": f"Bearer {pairs[0]['accessToken']}"}
    url = f"{base}{OWN}/auth/logout-all"
    assert send("POST", url, None, {})[0] == 401
    assert send("POST", url, None, token)[0] == 204
    for pair in pairs:
        body = {"refreshToken": pair["refreshToken"]}
        assert request("POST", f"{base}{OWN}/auth/refresh", body)[0] == 401


def shows_apdex_and_pools(base: str) -> None:
    shown = figures(base)
    zones = [line for line in shown if line.startswith("http_requests_apdex_total")]
    assert any('zone="satisfied"' in line and LIVE in line for line in zones), zones
    for name in ("database_pool_size", "database_pool_in_use"):
        assert any(line.startswith(f"{name}{{") for line in shown), shown


def callers_have_pseudonyms(log: Path) -> None:
    requests = [line for line in lines(log) if line["event"] == "request"]
    named = {line["caller"] for line in requests if "caller" in line}
    assert len(named) == 1, named
    assert ACCOUNT["email"] not in log.read_text("utf-8")


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def clients(events: list[dict[str, Any]]) -> set[str]:
    """Whom the lines of requests name as clients."""
    return {event["client"] for event in events if "client" in event}


if __name__ == "__main__":
    main()
