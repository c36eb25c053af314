"""What scripts that run in a project share: requests written as given, and a target."""

import json
import socket
from contextlib import suppress
from typing import Any

from black_box import OWN, bearer_of, request  # type: ignore[import-not-found]


def target(base: str) -> tuple[str, dict[str, str]]:
    """The path of an operation with a body, and a token for it."""
    _, _, document = request("GET", f"{base}{OWN}/openapi.json")
    token = {}
    if f"{OWN}/auth/login" in document["paths"]:
        account = {"email": "someone@example.com", "password": "Long-enough-1"}
        token = bearer_of(base, account)
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
