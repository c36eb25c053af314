"""When the mails to accounts that tests have asked for are there."""

from fastapi import FastAPI


async def all_sent(app: FastAPI) -> None:
    """Return when everything that was asked for is sent, or is known not to be."""
    await app.state.wiring.accounts.dispatch.close()
