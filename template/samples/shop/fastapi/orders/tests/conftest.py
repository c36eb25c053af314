"""The shop in both topologies, and in one process with a member exchanged."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from pydantic_settings import BaseSettings

from .shop import Shop
from .topologies import TOPOLOGIES
from .topology import ByPath, a_process_each

Rewire = Callable[..., None]
Late = Callable[[str], object]
OutOfReach = Callable[[str], object]

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(scope="session")
def monolith(client: httpx.AsyncClient) -> Shop:
    """All contexts in this process."""
    return Shop(client)


@pytest.fixture(scope="session", params=TOPOLOGIES)
async def shop(
    request: pytest.FixtureRequest,
    monolith: Shop,
    settings: BaseSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Shop]:
    """The shop in each topology that it is made for."""
    if request.param == "one_process":
        yield monolith
        return
    logs = tmp_path_factory.mktemp("processes")
    with a_process_each(settings, logs) as urls:
        async with httpx.AsyncClient(
            transport=ByPath(urls),
            base_url="http://shop",
            headers=monolith.http.headers,
            timeout=30,
        ) as http:
            yield Shop(http)


@pytest.fixture
def rewire(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Rewire:
    """Exchange members of the wiring, by context, for the time of one test."""

    def exchange(**members: object) -> None:
        for context, member in members.items():
            monkeypatch.setitem(vars(app.state.wiring), context, member)

    return exchange


@pytest.fixture
def late(app: FastAPI) -> Late:
    """A context's service whose clock is 16 minutes ahead."""
    wiring = app.state.wiring

    def service(context: str) -> object:
        here = getattr(wiring, context)
        now: Callable[[], datetime] = here.now
        later = timedelta(minutes=16)
        made: object = type(here)(
            wiring.database(context), wiring, now=lambda: now() + later
        )
        return made

    return service


@pytest.fixture
def out_of_reach(
    app: FastAPI, make_settings: Callable[..., object]
) -> OutOfReach:
    """The client of a context that nobody serves."""

    def client(context: str) -> object:
        settings = make_settings(contexts=(), remote={context: NOBODY})
        return getattr(type(app.state.wiring)(settings), context)

    return client
