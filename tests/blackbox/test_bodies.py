"""Bodies that are no bodies, or too much of one."""

import pytest

from .api import Api
from .hostile import BODIES, JSON, PLANTED


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_none(api: Api, name: str) -> None:
    """Each is refused as what it is, and not handed back."""
    body, media, expected = BODIES[name]
    headers = {"content-type": media} | api.caller()
    answer = api.client.send("POST", api.items.path, body, headers, versioned=True)
    assert answer.status in expected, answer
    api.refused(answer)
    assert PLANTED not in answer.text


def test_a_body_that_is_announced_as_too_large(api: Api) -> None:
    """413 before it is read, and the connection is closed."""
    size = str(api.profile.body_bytes + 1)
    headers = {"content-type": JSON, "content-length": size} | api.caller()
    answer = api.client.send("POST", api.items.path, b"{", headers, versioned=True)
    api.refused(answer, 413)
    assert answer.headers["connection"] == "close"


def test_a_body_that_is_too_large(api: Api) -> None:
    """413, while it is on its way."""
    body = b'{"a": "' + b"x" * 3 * api.profile.body_bytes + b'"}'
    headers = {"content-type": JSON} | api.caller()
    answer = api.client.send("POST", api.items.path, body, headers, versioned=True)
    api.refused(answer, 413)


def test_a_body_whose_size_is_not_announced(api: Api) -> None:
    """413 once too much has come."""
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    chunks = chunk * (api.profile.body_bytes // 0x10000 + 2) + b"0\r\n\r\n"
    headers = {"content-type": JSON, "transfer-encoding": "chunked"} | api.caller()
    answer = api.client.send("POST", api.items.path, chunks, headers, versioned=True)
    api.refused(answer, 413)


def test_media_types_with_parameters(api: Api) -> None:
    """JSON is JSON by its suffix and with a character set too."""
    for media in ("application/json; charset=utf-8", "application/vnd.a+json"):
        headers = {"content-type": media}
        answer = api.call("POST", api.items.path, api.new_body(), headers)
        assert answer.status == 201, answer
        if "DELETE" in api.items.methods:
            api.call("DELETE", api.path_of(answer))
