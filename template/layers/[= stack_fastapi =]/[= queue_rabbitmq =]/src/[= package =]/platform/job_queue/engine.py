"""The queues in RabbitMQ, and whether it is worth asking."""

import asyncio
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Final

from taskiq import BrokerMessage

from ..logging import get_logger
from .delivery import DELAY_LABEL, QUEUE_LABEL
from .errors import QueueAway
from .level_broker import AWAY, LevelBroker, queue_of

if TYPE_CHECKING:
    from ...settings import Settings

# After a failure it is left alone for so long.
PAUSE_SECONDS: Final = 1.0

log = get_logger(__name__)


class RabbitEngine:
    """The queues of the contexts that have jobs; connects when it is first asked.

    It listens to those that are `served` here, and sends to all `contexts`.
    """

    def __init__(
        self,
        served: Iterable[str],
        settings: "Settings",
        contexts: Iterable[str] = (),
    ) -> None:
        here = tuple(served)
        elsewhere = tuple(name for name in contexts if name not in here)
        self.contexts = (*here, *elsewhere)
        self.broker = LevelBroker(here, settings, elsewhere)
        self._connecting = asyncio.Lock()
        self._asked_again_at = 0.0
        self._is_away = False

    async def send(self, context: str, level: str, data: bytes, delay: float) -> None:
        """Take a job, to be due in `delay` seconds.

        Raises QueueAway; ValueError for a context without jobs and over 30 days.
        """
        if context not in self.contexts:
            raise ValueError(f"{context} has no jobs")
        labels = {QUEUE_LABEL: queue_of(context, level), DELAY_LABEL: delay}
        await self._connect()
        try:
            await self.broker.kick(
                BrokerMessage(
                    task_id="", task_name=context, message=data, labels=labels
                )
            )
        except AWAY as failure:
            raise self._failed(failure) from failure

    async def ping(self) -> None:
        """Raises QueueAway unless it answers."""
        await self._connect()
        try:
            for level in self.broker.queues:
                await self.broker.waiting(level)
        except AWAY as failure:
            raise self._failed(failure) from failure

    async def open(self) -> None:
        """Make ready to listen, on a new connection. Raises QueueAway."""
        await self.broker.stop_listening()
        await self._connect()

    async def depth(self) -> Mapping[str, int]:
        """How many jobs are waiting, by level. Raises QueueAway."""
        await self._connect()
        try:
            return {
                level: await self.broker.waiting(level) for level in self.broker.queues
            }
        except AWAY as failure:
            raise self._failed(failure) from failure

    async def close(self) -> None:
        """Close the connections."""
        await self.broker.shutdown()

    async def _connect(self) -> None:
        """Connect unless it is; at once QueueAway where that failed a moment ago."""
        if self.broker.is_open():
            return
        if monotonic() < self._asked_again_at:
            raise QueueAway
        async with self._connecting:
            if self.broker.is_open():
                return
            if monotonic() < self._asked_again_at:
                raise QueueAway
            try:
                await self.broker.startup()
            except AWAY as failure:
                raise self._failed(failure) from failure
        if self._is_away:
            self._is_away = False
            log.info("rabbitmq_back")

    def _failed(self, failure: Exception) -> QueueAway:
        self._asked_again_at = monotonic() + PAUSE_SECONDS
        if not self._is_away:
            self._is_away = True
            log.warning("rabbitmq_away", reason=type(failure).__name__)
        return QueueAway("The queue does not answer")
