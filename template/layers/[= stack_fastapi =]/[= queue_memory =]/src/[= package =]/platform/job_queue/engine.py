"""The queues of this process, in its memory: what waits is lost when it ends."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Mapping
from functools import partial

from taskiq import AsyncBroker, BrokerMessage

from .delivery import DELAY_LABEL, QUEUE_LABEL, Delivery
from .priority import LEVELS, Turns


class MemoryBroker(AsyncBroker):
    """Five queues, whose jobs are taken in the order of their levels."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, deque[tuple[bytes, int]]] = {
            level: deque() for level in LEVELS
        }
        self.held: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._turns = Turns()

    async def kick(self, message: BrokerMessage) -> None:
        """Put a job into the queue of its level, after its delay."""
        level = message.labels[QUEUE_LABEL]
        if delay := message.labels[DELAY_LABEL]:
            loop = asyncio.get_running_loop()
            loop.call_later(delay, self._put, level, message.message, 0)
        else:
            self._put(level, message.message, 0)

    async def listen(self) -> AsyncGenerator[Delivery, None]:
        """What is due, one at a time."""
        while True:
            level = next(
                (one for one in self._turns.order() if self.waiting[one]), None
            )
            if level is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            self._turns.took()
            data, deliveries = self.waiting[level].popleft()
            self.held[level] += 1
            yield Delivery(
                data=data,
                ack=partial(self._ack, level),
                release=partial(self._release, level, data, deliveries + 1),
                deliveries=deliveries + 1,
            )

    def _put(self, level: str, data: bytes, deliveries: int) -> None:
        self.waiting[level].append((data, deliveries))
        self._changed.set()

    async def _ack(self, level: str) -> None:
        self.held[level] -= 1

    async def _release(self, level: str, data: bytes, deliveries: int) -> None:
        self.held[level] -= 1
        self._put(level, data, deliveries)


class MemoryEngine:
    """The queues of one process, which does its jobs itself."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()

    async def send(self, context: str, level: str, data: bytes, delay: float) -> None:
        """Take a job, to be due in `delay` seconds."""
        labels = {QUEUE_LABEL: level, DELAY_LABEL: delay}
        message = BrokerMessage(
            task_id="", task_name=context, message=data, labels=labels
        )
        await self.broker.kick(message)

    async def open(self) -> None:
        """There is nothing to open."""

    async def depth(self) -> Mapping[str, int]:
        """How many jobs are waiting or held, by level."""
        return {
            level: len(waiting) + self.broker.held[level]
            for level, waiting in self.broker.waiting.items()
        }

    async def close(self) -> None:
        """There is nothing to close."""
