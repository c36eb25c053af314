"""Metrics: requests by route and status, and no labels that callers make up."""

import pytest

from .api import Api
from .hostile import PLANTED

SCANNED = 50
NAMES = (
    "http_requests_total{",
    "http_request_duration_seconds_bucket{",
    "http_requests_in_progress ",
    "process_cpu_seconds_total ",
    "process_resident_memory_bytes ",
)


def figures(api: Api) -> dict[str, float]:
    """All time series with their values."""
    answer = api.platform("GET", "/metrics")
    assert answer.status == 200, answer
    assert answer.headers["content-type"].startswith("text/plain"), answer
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    pairs = (line.rpartition(" ") for line in lines)
    return {f"{name} ": float(value) for name, _, value in pairs}


def matching(found: dict[str, float], *parts: str) -> list[float]:
    return [v for name, v in found.items() if all(part in name for part in parts)]


@pytest.mark.needs("metrics")
def test_requests_are_counted_by_route(api: Api) -> None:
    """Each by its method, the template of its path and its status."""
    labels = (
        "http_requests_total{",
        'method="GET"',
        f'route="{api.own}/health/live"',
        'status="200"',
    )
    for _ in range(2):
        api.platform("GET", "/health/live")
    [before] = matching(figures(api), *labels)
    for _ in range(3):
        api.platform("GET", "/health/live")
    found = figures(api)
    assert matching(found, *labels) == [before + 3]
    for name in NAMES:
        assert matching(found, name), name


@pytest.mark.needs("metrics")
def test_a_scan_adds_no_figures(api: Api) -> None:
    """Labels come from templates, never from paths or methods that callers send."""
    api.client.get("/warm-up")
    api.client.send("XPLANTED", "/x")
    before = figures(api)
    for number in range(SCANNED):
        api.client.get(f"/{PLANTED}/{number}.php")
        api.call("GET", f"{api.items.path.rstrip('/')}/{number + 10**6}")
        api.client.send(f"X{PLANTED}{number}", f"/{PLANTED}")
    after = figures(api)
    assert not matching(after, PLANTED)
    assert len(after) < len(before) + 60, sorted(set(after) - set(before))


@pytest.mark.lacks("metrics")
def test_no_metrics(api: Api) -> None:
    """They are nowhere."""
    api.refused(api.platform("GET", "/metrics"), 404)
