"""Heads without an end, scans, and secrets in every place of a request."""

import json

from .api import Api
from .hostile import PLANTED, plant

SCANNED = 300


def test_heads_without_an_end(api: Api) -> None:
    """431, or the connection is closed; others are served."""
    head = f"GET {api.own}/health/live HTTP/1.1\r\nhost: test\r\n".encode()
    for headers in (b"x: 1\r\n" * 20_000, b"x: " + b"y" * 5_000_000):
        answer = api.client.exchange(head + headers + b"\r\n\r\n")
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431 "), answer[:200]
    assert api.platform("GET", "/health/live").status == 200


def test_requests_that_are_none(api: Api) -> None:
    """What is no HTTP is refused, and others are served."""
    for nonsense in (b"\r\n\r\n", b"\x16\x03\x01\x00\xff\r\n\r\n", b"GET\r\n\r\n"):
        answer = api.client.exchange(nonsense + b"GET / HTTP/9.9\r\n\r\n")
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert api.platform("GET", "/health/live").status == 200


def test_secrets_do_not_come_back(api: Api) -> None:
    """Nothing fails on them, and no answer repeats them."""
    for answer in plant(api):
        assert answer.status < 500, answer
        assert PLANTED not in answer.text, answer
        assert PLANTED not in json.dumps(answer.headers), answer


def test_paths_that_nobody_has(api: Api) -> None:
    """A scan is answered with 404s, and all is well afterwards."""
    for number in range(SCANNED):
        api.refused(api.client.get(f"/{PLANTED}/{number}.php"), 404)
    assert api.is_ready()
