"""Runs in a generated project, with its Python: callers who mean harm, from outside.

Bodies that are no bodies, scans of paths, lines that would be log lines, and secrets in
every place of a request, which must turn up nowhere.
"""

import json
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from black_box import (  # type: ignore[import-not-found]
    HAS_METRICS,
    OWN,
    PACKAGE,
    call,
    code_of,
    database,
    request,
    service,
    settings,
    status,
)

PLANTED = "planted5ecret"
DEEP = 100_000
LARGE = 3 * 2**20
SCANNED = 300
INJECTED = '\n{"level":"critical","event":"injected"}\r\n'
BODIES: dict[str, tuple[bytes, str, set[int]]] = {
    "nothing": (b"", "application/json", {400, 422}),
    "half an object": (b'{"a": "' + PLANTED.encode(), "application/json", {400}),
    "no object": (f'"{PLANTED}"'.encode(), "application/json", {422}),
    "a list": (f'["{PLANTED}"]'.encode(), "application/json", {422}),
    "not a number": (b'{"a": NaN}', "application/json", {400, 422}),
    "UTF-16": ('{"a": "b"}'.encode("utf-16"), "application/json", {400}),
    "broken UTF-8": (b'{"a": "\xff\xfe"}', "application/json", {400}),
    "U+0000": (b'{"a": "\\u0000"}', "application/json", {400, 422}),
    "half a surrogate": (b'{"a": "\\ud800"}', "application/json", {400, 422}),
    "deep lists": (b"[" * DEEP + b"]" * DEEP, "application/json", {400, 422}),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "application/json", {400}),
    "a form": (f"password={PLANTED}".encode(), "text/plain", {415}),
    "XML": (b"<a/>", "application/xml", {415}),
    "too much": (b'{"a": "' + b"x" * LARGE + b'"}', "application/json", {413}),
    "a long number": (b'{"a": ' + b"9" * 10_000 + b"}", "application/json", {400, 422}),
}


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        log = Path(folder, "log")
        with service(environment, log) as (base, process):
            path, token = target(base)
            bodies(base + path, token)
            secrets_everywhere(base, path)
            scan(base)
            assert process.poll() is None
            assert status(f"{base}{OWN}/health/ready") == 200
        said = log.read_text("utf-8")
        events = [json.loads(line) for line in said.splitlines()]
        assert PLANTED not in said, next(x for x in said.splitlines() if PLANTED in x)
        assert "injected" not in [event["event"] for event in events]
        assert not [event for event in events if event.get("status") == 500], said
    print("all is well")


def target(base: str) -> tuple[str, dict[str, str]]:
    """The path of an operation with a body, and a token for it."""
    _, _, document = request("GET", f"{base}{OWN}/openapi.json")
    token = {}
    if f"{OWN}/auth/login" in document["paths"]:
        account = {"email": "someone@example.com", "password": "Long-enough-1"}
        request("POST", f"{base}{OWN}/auth/register", account)
        _, _, pair = request("POST", f"{base}{OWN}/auth/login", account)
        token = {"authorization": f"Bearer {pair['accessToken']}"}
    found = [
        path
        for path, item in document["paths"].items()
        if "requestBody" in item.get("post", {})
        and "{" not in path
        and not path.startswith(f"{OWN}/auth")
        and not any(
            parameter.get("required")
            for parameter in item["post"].get("parameters", [])
        )
    ]
    return found[0], token


def bodies(url: str, token: dict[str, str]) -> None:
    for name, (body, media, expected) in BODIES.items():
        code, headers, answer = send("POST", url, body, {"content-type": media} | token)
        assert code in expected, (name, code, answer)
        assert code_of(headers, answer), (name, headers, answer)
        assert PLANTED not in json.dumps(answer), (name, answer)


def secrets_everywhere(base: str, path: str) -> None:
    """Requests with a secret in each place, most of which are refused."""
    places = (
        {"authorization": f"Bearer {PLANTED}"},
        {"authorization": f"Basic {PLANTED}"},
        {"authorization": PLANTED},
        {"cookie": f"session={PLANTED}"},
        {"x-api-key": PLANTED},
        {"user-agent": PLANTED},
        {"referer": f"https://example.com/?token={PLANTED}"},
        {"x-request-id": f"{PLANTED} and more"},
        {"traceparent": f"00-{PLANTED}-01"},
        {"origin": f"https://{PLANTED}.example.com"},
        {"if-none-match": PLANTED},
        {"accept-language": PLANTED},
    )
    for headers in places:
        for method, body in (("GET", None), ("POST", b"{}"), ("DELETE", None)):
            sent = {"content-type": "application/json"} | headers
            code, _, answer = send(method, base + path, body, sent)
            assert code < 500, (headers, method, code, answer)
            assert PLANTED not in json.dumps(answer), (headers, answer)
    for place in (f"?password={PLANTED}", f"/{PLANTED}", f"?{PLANTED}=1"):
        code, _, _ = send("GET", base + path + place, None, {})
        assert code < 500, (place, code)
    send("GET", base + "/" + quote(INJECTED), None, {})
    send("GET", base + path + "?q=" + quote(INJECTED), None, {})


def scan(base: str) -> None:
    """Paths that nobody has add no figures; those that are have no values in them."""
    if HAS_METRICS:
        before = figures(base)
    for number in range(SCANNED):
        code, headers, answer = request("GET", f"{base}/{PLANTED}/{number}.php")
        assert code == 404 and code_of(headers, answer) == "not_found", answer
    for method in ("PROPFIND", "TRACE", f"X{PLANTED}"):
        assert send(method, f"{base}/x", None, {})[0] in (400, 404, 405, 501)
    if HAS_METRICS:
        after = figures(base)
        assert PLANTED not in " ".join(after)
        assert len(after) < len(before) + 60, (len(before), len(after))


def figures(base: str) -> list[str]:
    _, _, answer = send("GET", f"{base}{OWN}/metrics", None, {})
    lines = str(answer).splitlines()
    return [line for line in lines if not line.startswith("#")]


def send(
    method: str, url: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, dict[str, str], Any]:
    """A request over a socket of its own, written as given."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    lines = [f"{method} /{path} HTTP/1.1", f"host: {host}", "connection: close"]
    lines += [f"{key}: {value}" for key, value in headers.items()]
    if body is not None:
        lines.append(f"content-length: {len(body)}")
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    with socket.create_connection((name, int(port)), timeout=30) as connection:
        answer = b""
        # it may answer before it has read all of it
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head + (body or b""))
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                answer += part
    top, _, content = answer.partition(b"\r\n\r\n")
    first, *rest = top.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in rest)
    found = {key.lower(): value for key, _, value in pairs}
    text = content.decode("utf-8")
    is_json = "json" in found.get("content-type", "")
    return int(first.split()[1]), found, json.loads(text) if is_json and text else text


if __name__ == "__main__":
    main()
