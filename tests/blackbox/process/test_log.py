"""The log: JSON, a line a request, and nothing in it that callers have planted."""

import time

import pytest

from ..api import Api
from ..client import Answer
from ..hostile import PLANTED, plant
from ..service import LogLine, Service, Stack

LEVELS = {"trace", "debug", "info", "warning", "error", "critical"}


def requests(service: Service, **fields: object) -> list[LogLine]:
    """The lines that are about requests and have these fields."""
    lines = (line for line in service.log_lines() if "milliseconds" in line)
    return [line for line in lines if line.items() >= fields.items()]


def line_about(service: Service, answer: Answer) -> LogLine:
    """The one line of an answered request, which is written after the answer."""
    deadline = time.monotonic() + 30
    while True:
        lines = requests(service, request_id=answer.headers["x-request-id"])
        if lines:
            [line] = lines
            return line
        assert time.monotonic() < deadline, answer
        time.sleep(0.01)


def test_a_request_is_one_line(api: Api, service: Service) -> None:
    """With method, route, status, duration and client, found by its id."""
    for path, route, status, level in (
        (f"{api.own}/health/live", f"{api.own}/health/live", 200, "info"),
        ("/no/such/path", "unmatched", 404, "warning"),
    ):
        answer = api.client.get(path)
        line = line_about(service, answer)
        expected = {"method": "GET", "route": route, "status": status, "level": level}
        assert line.items() >= expected.items(), line
        assert line["event"] in ("request", "slow_request"), line
        milliseconds = line["milliseconds"]
        assert isinstance(milliseconds, int | float) and milliseconds > 0
        assert line["client"] and str(line["timestamp"]).endswith("Z"), line


def test_the_route_is_a_template(api: Api, service: Service) -> None:
    """Never the path that was asked for."""
    path, _ = api.create()
    answer = api.call("GET", path)
    line = line_about(service, answer)
    assert str(line["route"]).startswith(api.items.path), line
    assert "{" in str(line["route"]), line
    if "DELETE" in api.items.methods:
        api.call("DELETE", path)


@pytest.mark.needs("registration")
def test_reuse_of_a_refresh_token_is_told(api: Api, service: Service) -> None:
    """Somebody may have stolen it."""
    pair = api.log_in(api.new_account())
    api.pair(api.refresh(pair.refresh))
    answer = api.refresh(pair.refresh)
    line_about(service, answer)
    told = {"event": "refresh_token_reused"}
    told |= {"request_id": answer.headers["x-request-id"]}
    assert [line for line in service.log_lines() if line.items() >= told.items()]


@pytest.mark.closing
def test_nothing_planted_is_in_the_log(api: Api, service: Service) -> None:
    """After all that was sent: no secret, no line of a caller's, no failure."""
    plant(api)
    assert service.is_running() and api.is_ready()
    said, lines = service.log_text(), service.log_lines()
    assert {line["level"] for line in lines} <= LEVELS
    for secret in (*api.secrets, PLANTED):
        assert secret not in said, next(x for x in said.splitlines() if secret in x)
    assert "injected" not in [line["event"] for line in lines]
    assert not requests(service, status=500)
    assert not [line for line in lines if "exception" in line]


@pytest.mark.closing
def test_the_secret_of_the_settings_is_not_in_the_log(
    stack: Stack, service: Service
) -> None:
    """Neither as it is, nor in a line of settings."""
    assert stack.secret not in service.log_text()
