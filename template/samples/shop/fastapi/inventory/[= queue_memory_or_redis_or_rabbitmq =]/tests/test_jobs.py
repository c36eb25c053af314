"""The jobs of the inventory: they do what is due, and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

import job_trials

from .test_reservations import act, reserve, stock, stock_item

PassTime = Callable[..., None]


@pytest.fixture
def pass_time(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> PassTime:
    """Let the inventory's clock go ahead for the rest of the test."""
    inventory = app.state.wiring.inventory
    now: Callable[[], datetime] = inventory.now

    def go_ahead(**time: float) -> None:
        monkeypatch.setattr(inventory, "now", lambda: now() + timedelta(**time))

    return go_ahead


async def test_reservations_past_their_time_are_freed(
    app: FastAPI, client: AsyncClient, pass_time: PassTime
) -> None:
    item = await stock_item(client, 5)
    await reserve(client, (item, 2))
    await job_trials.done(app.state.wiring, "inventory.expire_reservations")
    assert await stock(client, item) == (5, 2)
    pass_time(minutes=16)
    await job_trials.done(app.state.wiring, "inventory.expire_reservations")
    assert await stock(client, item) == (5, 0)


async def test_reservations_that_are_long_over_are_forgotten(
    app: FastAPI, client: AsyncClient, pass_time: PassTime
) -> None:
    item = await stock_item(client, 5)
    over = (await reserve(client, (item, 2))).json()
    kept = (await reserve(client, (item, 1))).json()
    await act(client, over, "release")
    await act(client, kept, "confirm")
    pass_time(days=31)
    await job_trials.done(app.state.wiring, "inventory.clean_up")
    assert (await client.get(f"/reservations/{over['id']}")).status_code == 404
    assert (await client.get(f"/reservations/{kept['id']}")).status_code == 200
