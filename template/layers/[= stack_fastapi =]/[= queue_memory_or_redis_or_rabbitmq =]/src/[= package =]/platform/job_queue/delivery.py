"""What engines and workers agree on."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from taskiq import AckableMessage, AsyncBroker

QUEUE_LABEL = "queue_name"
DELAY_LABEL = "delay"


class Delivery(AckableMessage):
    """A job that a worker holds, until it acknowledges or releases it.

    `deliveries` counts how often it was given to a worker, this time included.
    """

    ack: Callable[[], Awaitable[None]]
    release: Callable[[], Awaitable[None]]
    deliveries: int = 1


class Engine(Protocol):
    """The queues of an engine: five a context, by level."""

    @property
    def broker(self) -> AsyncBroker:
        """It sends jobs, and its `listen` yields a Delivery each."""

    @abstractmethod
    async def send(self, context: str, level: str, data: bytes, delay: float) -> None:
        """Take a job, to be due in `delay` seconds. Raises Unavailable."""

    @abstractmethod
    async def open(self) -> None:
        """Make ready to listen; what was open before is closed."""

    @abstractmethod
    async def depth(self) -> Mapping[str, int]:
        """How many jobs are waiting or held, by level. Raises Unavailable."""

    @abstractmethod
    async def close(self) -> None:
        """Close what was opened."""
