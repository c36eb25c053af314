"""What every request gets: an id, safe headers, and CORS only where allowed."""

from collections.abc import Callable

import httpx
import pytest


@pytest.mark.parametrize("given", ["abc-1._Z", "x" * 128])
async def test_a_harmless_request_id_is_kept(
    anonymous: httpx.AsyncClient, given: str
) -> None:
    response = await anonymous.get("/health/live", headers={"x-request-id": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a;b", "<a>"])
async def test_any_other_request_id_is_replaced(
    anonymous: httpx.AsyncClient, given: str
) -> None:
    response = await anonymous.get("/health/live", headers={"x-request-id": given})
    made = response.headers["x-request-id"]
    assert made and made != given


async def test_every_response_has_safe_headers(anonymous: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/no/such/path"):
        headers = (await anonymous.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


async def test_other_origins_are_closed_out(anonymous: httpx.AsyncClient) -> None:
    origin = {"origin": "https://elsewhere.example"}
    response = await anonymous.get("/health/live", headers=origin)
    assert "access-control-allow-origin" not in response.headers


async def test_origins_of_the_settings_are_let_in(
    make_client: Callable[..., httpx.AsyncClient],
) -> None:
    async with make_client(cors_origins="https://shop.example") as client:
        for origin, allowed in (
            ("https://shop.example", "https://shop.example"),
            ("https://elsewhere.example", None),
        ):
            response = await client.get("/health/live", headers={"origin": origin})
            assert response.headers.get("access-control-allow-origin") == allowed


async def test_the_root_path_may_be_stripped_on_the_way(
    make_client: Callable[..., httpx.AsyncClient],
) -> None:
    async with make_client(root_path="/shop/v2") as client:
        for path in ("/shop/v2/health/live", "/health/live"):
            assert (await client.get(path)).status_code == 200
        assert (await client.get("/shop/v22/health/live")).status_code == 404
        document = (await client.get("/shop/v2/openapi.json")).json()
        assert document["servers"] == [{"url": "/shop/v2"}]
