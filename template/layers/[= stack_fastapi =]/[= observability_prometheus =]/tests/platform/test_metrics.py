"""What Prometheus gets to see."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, str, str, str], float]


async def requests_by_label(client: httpx.AsyncClient) -> Samples:
    response = await client.get("/metrics")
    assert response.status_code == 200
    return {
        (
            sample.name,
            sample.labels["method"],
            sample.labels["route"],
            sample.labels.get("status", ""),
        ): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
        if "route" in sample.labels and "le" not in sample.labels
    }


async def test_counts_and_times_by_route_and_status(
    anonymous: httpx.AsyncClient,
) -> None:
    before = await requests_by_label(anonymous)
    await anonymous.get("/health/live")
    after = await requests_by_label(anonymous)

    counter = ("http_requests_total", "GET", "/health/live", "200")
    timer = ("http_request_duration_seconds_count", "GET", "/health/live", "")
    assert after[counter] == before.get(counter, 0) + 1
    assert after[timer] == before.get(timer, 0) + 1


async def test_unknown_paths_and_methods_make_no_new_series(
    anonymous: httpx.AsyncClient,
) -> None:
    await anonymous.request("BREW", "/no/such/0")
    before = await requests_by_label(anonymous)
    for number in range(1, 4):
        await anonymous.request("BREW", f"/no/such/{number}")
    after = await requests_by_label(anonymous)

    counter = ("http_requests_total", "other", "unmatched", "404")
    assert after[counter] == before[counter] + 3
    assert {route for _, _, route, _ in after.keys() - before.keys()} <= {"/metrics"}


async def test_shows_the_process(anonymous: httpx.AsyncClient) -> None:
    text = (await anonymous.get("/metrics")).text
    assert "http_requests_in_progress 1.0" in text
    assert "process_cpu_seconds_total" in text
