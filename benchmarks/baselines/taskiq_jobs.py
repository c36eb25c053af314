"""The library alone: its own broker, its own way to run a task that does nothing.

`python taskiq_jobs.py redis|rabbitmq URL JOBS CONCURRENCY` leaves the jobs, then does
them, and prints seconds and CPU seconds of the latter to stderr.
"""

import asyncio
import sys
import time

from taskiq import AsyncBroker  # type: ignore[import-not-found]
from taskiq.receiver import Receiver  # type: ignore[import-not-found]


def broker_of(kind: str, url: str) -> AsyncBroker:
    """The library's broker, as it comes."""
    if kind == "redis":
        from taskiq_redis import RedisStreamBroker  # type: ignore[import-not-found]

        return RedisStreamBroker(url, queue_name="bare", consumer_id="0")
    from taskiq_aio_pika import (  # type: ignore[import-not-found]
        AioPikaBroker,
        Exchange,
        Queue,
    )

    exchange, queue = Exchange(name="bare"), Queue(name="bare")
    return AioPikaBroker(url, exchange=exchange, task_queues=[queue])


async def main(kind: str, url: str, jobs: int, concurrency: int) -> None:
    """Leave the jobs, do them, say how long it took."""
    broker = broker_of(kind, url)
    finish = asyncio.Event()
    done = 0

    @broker.task
    async def nothing(number: int) -> None:
        nonlocal done
        done += 1
        if done == jobs:
            finish.set()

    broker.is_worker_process = True
    await broker.startup()
    for number in range(jobs):
        await nothing.kiq(number)
    receiver = Receiver(broker, max_async_tasks=concurrency, run_startup=False)
    wall, cpu = time.perf_counter(), time.process_time()
    await receiver.listen(finish)
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    print(*seconds, file=sys.stderr)
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
