"""When the mails to accounts that tests have asked for are there."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

AllSent = Callable[[FastAPI], Awaitable[None]]


@pytest.fixture(scope="session")
def all_sent() -> AllSent:
    """Wait until everything is sent that was asked for, or is known not to be."""

    async def wait(app: FastAPI) -> None:
        await app.state.wiring.account_dispatch.close()

    return wait
