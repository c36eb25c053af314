"""The worker of a generated shop, with a job that does nothing.

`python shop_jobs.py JOBS` leaves the jobs, then does them, and prints seconds and CPU
seconds of the latter to stderr: stdout has the log. Settings are in the environment.
"""

import asyncio
import sys
import time

from pydantic import BaseModel
from shop.platform.job_queue.job import Job, Run  # type: ignore[import-not-found]
from shop.platform.job_queue.runner import Runner  # type: ignore[import-not-found]
from shop.platform.job_queue.worker import Worker  # type: ignore[import-not-found]
from shop.platform.logging import (  # type: ignore[import-not-found]
    configure_logging,
)
from shop.platform.metrics import registry_of  # type: ignore[import-not-found]
from shop.settings import load_settings  # type: ignore[import-not-found]
from shop.wiring import Wiring  # type: ignore[import-not-found]


class Numbered(BaseModel):
    """The payload."""

    number: int


async def main(jobs: int) -> None:
    """Leave the jobs, do them, say how long it took."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    wiring = Wiring(settings)
    registry_of(wiring)
    finish = asyncio.Event()
    done = 0

    async def count(service: object, given: Numbered, run: Run) -> None:
        nonlocal done
        done += 1
        if done == jobs:
            finish.set()

    job = Job("orders.nothing", count, Numbered)
    queue = wiring.job_queue
    for number in range(jobs):
        await queue.enqueue(job, Numbered(number=number))
    worker = Worker(Runner(queue, [job], lambda context: None), settings)
    wall, cpu = time.perf_counter(), time.process_time()
    await worker.run(finish)
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    await wiring.close()
    print(*seconds, file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
