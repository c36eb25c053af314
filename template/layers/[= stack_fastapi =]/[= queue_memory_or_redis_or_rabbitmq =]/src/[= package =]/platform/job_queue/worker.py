"""The worker: takes jobs while it has room for them, and returns what it cannot end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError
from taskiq import AckableMessage
from taskiq.receiver import Receiver

from ..errors import AppError, reason_of
from ..logging import get_logger
from .delivery import Delivery
from .envelope import Envelope
from .runner import Runner

if TYPE_CHECKING:
    from .settings import JobSettings

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0

log = get_logger(__name__)


class JobReceiver(Receiver):
    """Has at most so many jobs in hand as run at a time."""

    def __init__(self, runner: Runner, settings: "JobSettings") -> None:
        super().__init__(
            runner.queue.engine.broker,
            run_startup=False,
            max_async_tasks=settings.job_concurrency,
            wait_tasks_timeout=settings.job_grace_seconds,
        )
        self.in_hand: set[asyncio.Task[None]] = set()
        self._runner = runner
        self._most_deliveries = settings.job_most_deliveries

    async def callback(
        self, message: bytes | AckableMessage, raise_err: bool = False
    ) -> None:
        """Do what was delivered; acknowledge it when its outcome is recorded."""
        task = asyncio.current_task()
        if not isinstance(message, Delivery) or task is None:
            raise TypeError("an engine delivers a Delivery")
        self.in_hand.add(task)
        try:
            await self._handle(message)
        except asyncio.CancelledError:
            await self._quietly(message.release)
            raise
        except Exception as error:
            # what has to be recorded cannot be: it stays due
            reason = reason_of(error) if isinstance(error, AppError) else repr(error)
            log.warning("job_released", reason=reason)
            await asyncio.sleep(1)
            await self._quietly(message.release)
        else:
            await self._quietly(message.ack)
        finally:
            self.in_hand.discard(task)

    async def _handle(self, delivery: Delivery) -> None:
        try:
            envelope = Envelope.model_validate_json(delivery.data)
        except ValidationError:
            # nothing of ours, and nothing that can be kept by its name
            log.error("job_unreadable", bytes=len(delivery.data))
            return
        if delivery.deliveries > self._most_deliveries:
            times = delivery.deliveries - 1
            await self._runner.give_up(
                envelope, f"WorkerLost: {times} workers ended with it"
            )
        else:
            await self._runner.run(envelope)

    async def _quietly(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Tell the engine, which delivers it again where that fails."""
        try:
            await tell()
        except Exception as error:
            log.warning("job_delivered_again", reason=type(error).__name__)


class Worker:
    """Does jobs until it is told to finish."""

    def __init__(self, runner: Runner, settings: "JobSettings") -> None:
        self._engine = runner.queue.engine
        self._receiver = JobReceiver(runner, settings)

    async def run(self, finish: asyncio.Event) -> None:
        """Take jobs until `finish`; then those in hand get their time."""
        pause = 0.0
        while not finish.is_set():
            try:
                await self._engine.open()
                if pause:
                    log.info("jobs_resumed")
                    pause = 0.0
                await self._receiver.listen(finish)
            except Exception as error:
                if not pause:
                    log.warning("jobs_paused", reason=_kind(error))
                pause = min(max(pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
                await first(finish, pause)
        await self._give_back()

    async def _give_back(self) -> None:
        left = list(self._receiver.in_hand)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            log.warning("jobs_returned", count=len(left))


async def first(finish: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until it is time to finish."""
    try:
        async with asyncio.timeout(seconds):
            await finish.wait()
    except TimeoutError:
        pass


def _kind(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
