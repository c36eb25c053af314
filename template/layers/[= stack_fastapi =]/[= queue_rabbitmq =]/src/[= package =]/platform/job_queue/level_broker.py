"""The broker: quorum queues of RabbitMQ, which keep jobs until they are done."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from aio_pika import Connection, DeliveryMode, ExchangeType, Message
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPError
from taskiq import BrokerMessage
from taskiq_aio_pika import AioPikaBroker, Exchange, Queue, QueueType

from .delays import DECLARED_SECONDS, SPARE_MILLISECONDS, milliseconds_of
from .delivery import DELAY_LABEL, QUEUE_LABEL, Delivery
from .priority import LEVELS, Turns

if TYPE_CHECKING:
    from ...settings import Settings

PREFIX: Final = f"{__name__.partition('.')[0]}.jobs"
DELAYED: Final = f"{PREFIX}.delayed"
# What waits in the queues comes in within a moment, and is put into order first.
SETTLE_SECONDS: Final = 0.5
AWAY: Final = (AMQPError, OSError, RuntimeError)

Buffers = dict[str, deque[AbstractIncomingMessage]]


def queue_of(context: str, level: str) -> str:
    """The queue of a context's jobs of a level."""
    return f"{PREFIX}.{context}.{level}"


class LevelBroker(AioPikaBroker):
    """The library's broker with five queues a context, and delays of any length.

    A worker holds up to twice as many jobs of each queue as it does at a time, and
    takes them in the order of their levels. A lost connection is not mended: it ends
    `listen`, for the jobs in hand are delivered again. Jobs for contexts that are
    served elsewhere are only sent.
    """

    def __init__(
        self,
        contexts: Iterable[str],
        settings: "Settings",
        elsewhere: Iterable[str] = (),
    ) -> None:
        self.queues = {
            level: [queue_of(context, level) for context in contexts]
            for level in LEVELS
        }
        others = [queue_of(name, level) for name in elsewhere for level in LEVELS]
        super().__init__(
            settings.rabbitmq_url,
            qos=2 * settings.job_concurrency,
            exchange=Exchange(name=PREFIX, type=ExchangeType.TOPIC),
            task_queues=[
                Queue(
                    name=name,
                    type=QueueType.QUORUM,
                    routing_key=f"*.{name.removeprefix(f'{PREFIX}.')}",
                )
                for names in (*self.queues.values(), others)
                for name in names
            ],
            dead_letter_queue=Queue(name=f"{PREFIX}.rejected"),
        )
        self._connect_seconds = settings.rabbitmq_connect_seconds
        self._is_declared = False
        self._delays: dict[int, float] = {}
        self._turns = Turns()

    async def startup(self) -> None:
        """Connect, and declare what is missing. Raises AMQPError, OSError."""
        self._is_declared = False
        self._delays.clear()
        connection = await self._connected()
        self.write_conn = connection
        # a job that no queue takes is an error, and not dropped
        self.write_channel = await connection.channel(on_return_raises=True)
        await self._declare_exchanges()
        await self.write_channel.declare_exchange(
            DELAYED, ExchangeType.TOPIC, durable=True
        )
        if self._task_queues:
            await self._declare_queues(self.write_channel)
        self._is_declared = True

    def is_open(self) -> bool:
        """Whether jobs can be sent, as far as is known."""
        channel = self.write_channel
        return self._is_declared and channel is not None and not channel.is_closed

    async def kick(self, message: BrokerMessage) -> None:
        """Store a job; it is stored when this returns. Raises AMQPError, OSError."""
        if self.write_channel is None:
            raise RuntimeError("not connected")
        place = message.labels[QUEUE_LABEL].removeprefix(f"{PREFIX}.")
        delay = message.labels[DELAY_LABEL]
        milliseconds = milliseconds_of(delay) if delay else 0
        if milliseconds:
            await self._declare_delay(milliseconds)
        exchange = await self.write_channel.get_exchange(
            DELAYED if milliseconds else PREFIX, ensure=False
        )
        await exchange.publish(
            Message(message.message, delivery_mode=DeliveryMode.PERSISTENT),
            routing_key=f"{milliseconds}.{place}",
        )

    async def listen(self) -> AsyncGenerator[Delivery, None]:
        """What is due, one at a time. Raises ConnectionError when RabbitMQ is lost.

        The connection stays open behind it: jobs in hand are acknowledged on it.
        """
        connection = await self._connected()
        self.read_conn = connection
        channel = self.read_channel = await connection.channel()
        changed = asyncio.Event()
        channel.close_callbacks.add(lambda *_: changed.set())
        await channel.set_qos(prefetch_count=self._qos)
        buffers: Buffers = {level: deque() for level in LEVELS}
        consumers = await self._consume(channel, buffers, changed)
        try:
            while not channel.is_closed:
                level = next((one for one in self._turns.order() if buffers[one]), None)
                if level is None:
                    changed.clear()
                    await changed.wait()
                    continue
                self._turns.took()
                yield _delivery(buffers[level].popleft())
            raise ConnectionError("RabbitMQ closed the connection")
        finally:
            if not channel.is_closed:
                for queue, consumer in consumers:
                    await queue.cancel(consumer)
                for buffer in buffers.values():
                    for message in buffer:
                        await message.nack(requeue=True)

    async def stop_listening(self) -> None:
        """Close what jobs came in on, whatever state it is in."""
        connection, self.read_conn, self.read_channel = self.read_conn, None, None
        if connection is not None:
            with suppress(*AWAY):
                await connection.close()

    async def shutdown(self) -> None:
        """Close the connections, whatever state they are in."""
        await self.stop_listening()
        connection, self.write_conn, self.write_channel = self.write_conn, None, None
        if connection is not None:
            with suppress(*AWAY):
                await connection.close()

    async def waiting(self, level: str) -> int:
        """How many jobs of a level wait. Raises AMQPError, OSError."""
        if self.write_channel is None:
            raise RuntimeError("not connected")
        count = 0
        for name in self.queues[level]:
            queue = await self.write_channel.declare_queue(name, passive=True)
            count += queue.declaration_result.message_count or 0
        return count

    async def _connected(self) -> Any:
        """A new connection. Raises AMQPError, OSError."""
        connection = Connection(make_url(self.url))
        try:
            await connection.connect(timeout=self._connect_seconds)
        except BaseException:
            # or it warns of itself when the process ends
            await connection.close()
            raise
        return connection

    async def _consume(
        self, channel: Any, buffers: Buffers, changed: asyncio.Event
    ) -> list[tuple[Any, str]]:
        """Have the queues deliver into the buffers; gives them with their consumers."""

        async def put(level: str, message: AbstractIncomingMessage) -> None:
            buffers[level].append(message)
            changed.set()

        consumers, filled = [], set()
        for level, names in self.queues.items():
            for name in names:
                queue = await channel.declare_queue(name, passive=True)
                if queue.declaration_result.message_count:
                    filled.add(level)
                consumers.append((queue, await queue.consume(partial(put, level))))
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                while not all(buffers[level] for level in filled):
                    changed.clear()
                    await changed.wait()
        return consumers

    async def _declare_delay(self, milliseconds: int) -> None:
        """The queue for a length of time, which goes when nobody declares it again."""
        now = monotonic()
        declared = self._delays.get(milliseconds)
        if declared is not None and now - declared < DECLARED_SECONDS:
            return
        if self.write_channel is None:
            raise RuntimeError("not connected")
        queue = await self.write_channel.declare_queue(
            f"{DELAYED}.{milliseconds}",
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-dead-letter-exchange": PREFIX,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
                "x-message-ttl": milliseconds,
                "x-expires": milliseconds + SPARE_MILLISECONDS,
            },
        )
        await queue.bind(DELAYED, f"{milliseconds}.#")
        self._delays[milliseconds] = now


def _delivery(message: AbstractIncomingMessage) -> Delivery:
    # of a quorum queue: how often it came back
    before = message.headers.get("x-delivery-count") or 0
    return Delivery(
        data=message.body,
        ack=message.ack,
        release=partial(message.nack, requeue=True),
        deliveries=int(str(before)) + 1,
    )
