"""Health: alive without a database, ready only with it."""

from collections.abc import Callable

import httpx


async def test_live(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/health/live")
    assert response.status_code == 200
    assert response.json() == {"status": "up"}


async def test_ready_tells_state_and_latency_of_each_dependency(
    anonymous: httpx.AsyncClient,
) -> None:
    response = await anonymous.get("/health/ready")
    assert response.status_code == 200, response.text
    assert response.json()["status"] == "up"
    for dependency in response.json()["dependencies"].values():
        assert dependency["status"] == "up"
        assert dependency["latencyMilliseconds"] >= 0


async def test_health_in_figures(anonymous: httpx.AsyncClient) -> None:
    body = (await anonymous.get("/health")).json()
    assert body["uptimeSeconds"] > 0
    assert body["cpuSeconds"] > 0
    assert body["memoryBytes"] > 1_000_000
    assert len(body["load"]) == 3


async def test_without_its_database_a_process_lives_but_is_not_ready(
    make_client: Callable[..., httpx.AsyncClient], unreachable_database: str
) -> None:
    async with make_client(database_url=unreachable_database) as client:
        assert (await client.get("/health/live")).status_code == 200
        response = await client.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["status"] == "down"
