"""The queues in Redis: streams, whose entries stay until they are acknowledged."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from redis.asyncio import Redis
from taskiq import BrokerMessage
from taskiq_redis import RedisStreamBroker

from ..redis.connection import RedisAway, RedisConnections
from . import scripts
from .delivery import DELAY_LABEL, QUEUE_LABEL, Delivery
from .priority import LEVELS, Turns

if TYPE_CHECKING:
    from ...settings import Settings

GROUP: Final = "workers"
# how long a worker that found nothing waits for a job, and is blind to what gets due
BLOCK_SECONDS: Final = 0.5
# who has not looked for so long, and holds nothing, is forgotten as a worker
GONE_MILLISECONDS: Final = 3_600_000
# taken over by whoever looks next
FREE_MILLISECONDS: Final = 10**9


def stream_of(prefix: str, context: str, level: str) -> str:
    """The stream of a context's jobs of a level."""
    return f"{prefix}:jobs:{context}:{level}"


class StreamBroker(RedisStreamBroker):
    """The library's broker, which takes over what a worker left while it is idle too.

    It has five streams a context and one set of what is not due yet; acknowledged
    entries are removed. A worker says three times in `reclaim_seconds` that it lives.
    """

    def __init__(
        self,
        connections: RedisConnections,
        contexts: Iterable[str],
        url: str,
        reclaim_seconds: float,
        most_in_hand: int,
    ) -> None:
        prefix = connections.prefix
        self.streams = {
            level: [stream_of(prefix, context, level) for context in contexts]
            for level in LEVELS
        }
        names = [name for streams in self.streams.values() for name in streams]
        super().__init__(
            url,
            queue_name=names[0] if names else stream_of(prefix, "none", LEVELS[0]),
            consumer_group_name=GROUP,
            consumer_id="0",
            additional_streams=dict.fromkeys(names[1:], ">"),
            protocol=2,
            socket_connect_timeout=2,
            socket_timeout=BLOCK_SECONDS + 2,
        )
        self._connections = connections
        self._delayed = f"{prefix}:jobs:delayed"
        self._reclaim_seconds = reclaim_seconds
        self._most_in_hand = most_in_hand
        self._turns = Turns()
        self._held: defaultdict[str, set[str]] = defaultdict(set)
        self._ended: list[tuple[str, str]] = []
        self._acknowledging: asyncio.Task[None] | None = None

    async def kick(self, message: BrokerMessage) -> None:
        """Store a job. Raises RedisAway."""
        stream = message.labels[QUEUE_LABEL]
        if delay := message.labels[DELAY_LABEL]:
            item = stream.encode() + b"\n" + message.message
            due = {item: (time.time() + delay) * 1000}
            await self._connections.ask(lambda client: client.zadd(self._delayed, due))
        else:
            fields: dict[Any, Any] = {b"data": message.message}
            await self._connections.ask(lambda client: client.xadd(stream, fields))

    async def listen(self) -> AsyncGenerator[Delivery, None]:
        """What is due, one at a time. Raises RedisError where Redis is away."""
        beat = asyncio.create_task(self._stay_known())
        taken: deque[Delivery] = deque()
        try:
            async with Redis(connection_pool=self.connection_pool) as client:
                forget = client.register_script(scripts.FORGET)
                await forget(self._names(), [GROUP, GONE_MILLISECONDS])
                take = client.register_script(scripts.TAKE)
                while True:
                    if beat.done():
                        beat.result()
                    room = self._room()
                    due, *found = await take(self._keys(), self._arguments(room))
                    for place in range(0, len(found), 4):
                        self._turns.took()
                        taken.append(self._delivery(*found[place : place + 4]))
                    if not found:
                        taken += await self._wait(client, due)
                    while taken:
                        yield taken.popleft()
        finally:
            beat.cancel()
            for delivery in taken:
                with suppress(RedisAway):
                    await delivery.release()

    def _room(self) -> int:
        """How many jobs more it may have: not what another worker could do now."""
        in_hand = sum(len(entries) for entries in self._held.values())
        return max(1, self._most_in_hand - in_hand)

    async def _wait(self, client: Redis, due_milliseconds: int) -> list[Delivery]:
        """Jobs that come in before something is due, or a moment has passed."""
        longest = int(BLOCK_SECONDS * 1000)
        if due_milliseconds >= 0:
            longest = max(1, min(longest, due_milliseconds))
        wanted: dict[Any, Any] = dict.fromkeys(self._keys()[1:], ">")
        if not wanted:
            await asyncio.sleep(longest / 1000)
            return []
        fetched: Any = await client.xreadgroup(
            GROUP, self.consumer_name, wanted, count=1, block=longest
        )
        found = {stream.decode(): entries for stream, entries in fetched}
        return [
            self._delivery(stream.encode(), entry, fields[b"data"], 1)
            for stream in wanted
            for entry, fields in found.get(stream, ())
        ]

    def _keys(self) -> list[str]:
        return [self._delayed, *self._names()]

    def _names(self) -> list[str]:
        return [name for names in self.streams.values() for name in names]

    def _arguments(self, room: int) -> list[str | int]:
        now, silent = int(time.time() * 1000), int(self._reclaim_seconds * 1000)
        each = len(self.streams[LEVELS[0]])
        places: list[str | int] = []
        for levels, most in self._turns.next(room):
            first = 2 + LEVELS.index(levels[0]) * each
            places += [first, first + len(levels) * each - 1, most]
        return [GROUP, self.consumer_name, now, silent, room, *places]

    def _delivery(
        self, stream: bytes, entry: bytes, data: bytes, deliveries: int
    ) -> Delivery:
        place = (stream.decode(), entry.decode())
        self._held[place[0]].add(place[1])
        return Delivery(
            data=data,
            ack=partial(self._ack, *place),
            release=partial(self._release, *place),
            deliveries=deliveries,
        )

    async def _ack(self, stream: str, entry: str) -> None:
        """Acknowledge, together with what else ends in this turn of the loop."""
        self._held[stream].discard(entry)
        self._ended.append((stream, entry))
        if self._acknowledging is None:
            self._acknowledging = asyncio.create_task(self._acknowledge())
        await asyncio.shield(self._acknowledging)

    async def _acknowledge(self) -> None:
        await asyncio.sleep(0)
        ended, self._ended, self._acknowledging = self._ended, [], None

        async def remove(client: Redis) -> None:
            async with client.pipeline(transaction=True) as pipe:
                for stream, entry in ended:
                    pipe.xack(stream, GROUP, entry)
                    pipe.xdel(stream, entry)
                await pipe.execute()

        await self._connections.ask(remove)

    async def _release(self, stream: str, entry: str) -> None:
        self._held[stream].discard(entry)
        await self._touch(stream, [entry], FREE_MILLISECONDS)

    async def _touch(self, stream: str, entries: Iterable[str], silent: int) -> None:
        arguments = [GROUP, self.consumer_name, str(silent), *entries]
        await self._connections.ask(
            lambda client: cast(Any, client.eval(scripts.TOUCH, 1, stream, *arguments))
        )

    async def _stay_known(self) -> None:
        """Say again and again that what this worker holds is in good hands."""
        while True:
            await asyncio.sleep(self._reclaim_seconds / 3)
            for stream, entries in list(self._held.items()):
                if entries:
                    await self._touch(stream, list(entries), 0)


class RedisEngine:
    """The queues of the contexts that have jobs."""

    def __init__(
        self,
        connections: RedisConnections,
        contexts: Iterable[str],
        settings: "Settings",
    ) -> None:
        self._connections = connections
        self.broker = StreamBroker(
            connections,
            contexts,
            settings.redis_url,
            settings.job_reclaim_seconds,
            settings.job_concurrency,
        )

    async def send(self, context: str, level: str, data: bytes, delay: float) -> None:
        """Take a job, to be due in `delay` seconds. Raises RedisAway."""
        stream = stream_of(self._connections.prefix, context, level)
        labels = {QUEUE_LABEL: stream, DELAY_LABEL: delay}
        await self.broker.kick(
            BrokerMessage(task_id="", task_name=context, message=data, labels=labels)
        )

    async def open(self) -> None:
        """Make ready to listen."""
        await self.broker.startup()

    async def depth(self) -> Mapping[str, int]:
        """How many jobs are waiting or held, by level. Raises RedisAway."""
        streams = self.broker.streams

        async def lengths(client: Redis) -> Iterator[int]:
            async with client.pipeline(transaction=False) as pipe:
                for names in streams.values():
                    for name in names:
                        pipe.xlen(name)
                return iter(await pipe.execute())

        found = await self._connections.ask(lengths)
        return {
            level: sum(islice(found, len(names))) for level, names in streams.items()
        }

    async def close(self) -> None:
        """Close the connections that workers listen on."""
        await self.broker.shutdown()
