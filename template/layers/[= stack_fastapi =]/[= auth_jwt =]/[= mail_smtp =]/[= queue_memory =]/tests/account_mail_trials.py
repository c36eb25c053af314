"""When the mails to accounts that tests have asked for are there."""

import asyncio

from fastapi import FastAPI

import job_trials


async def all_sent(app: FastAPI) -> None:
    """Return when everything that was asked for is sent, or is known not to be."""
    async with asyncio.timeout(job_trials.PATIENCE_SECONDS):
        await job_trials.none_waits(app.state.wiring.job_queue.engine)
