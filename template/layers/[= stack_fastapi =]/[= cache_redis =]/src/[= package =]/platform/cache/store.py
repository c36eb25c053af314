"""Where answers are kept: in Redis, for all processes of the service."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeVar

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from ..redis.connection import LONGEST_PAUSE_SECONDS, RedisAway, RedisConnections
from .entries import Caching, Entry
from .lookups import Lookups
from .tokens import Claim, Tokens, new_token

# what a guard outlives: an answer that is kept without its guard would hold again
LONGER_SECONDS: Final = 300

Result = TypeVar("Result")


class StoreAway(Exception):
    """Nothing can be kept or looked up at the moment."""


class Store:
    """Answers and guards, below the service's prefix; guards outlive the answers.

    A guard that Redis had to forget gets a new token: what was kept under the old one
    is invalid. `settling_seconds` after Redis is back, all processes know of it.
    """

    settling_seconds = LONGEST_PAUSE_SECONDS + 2

    def __init__(self, redis: RedisConnections, caching: Caching) -> None:
        self._redis = redis
        self._prefix = f"{redis.prefix}:cache:"
        self._lookups = Lookups(redis)
        kept = (entry for entries in caching.values() for entry in entries.values())
        seconds = (entry.seconds for entry in kept if isinstance(entry, Entry))
        self._guard_seconds = max(seconds, default=0) + LONGER_SECONDS

    async def look(
        self, key: str, guards: Sequence[str]
    ) -> tuple[bytes | None, Tokens]:
        """What is kept under a key, and the tokens of guards, as far as they are."""
        names = self._named((key, *guards))
        try:
            value, *tokens = await self._lookups.values(names)
        except RedisAway as error:
            raise StoreAway from error
        return value, tuple(tokens)

    async def keep(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value for so long."""
        name = self._prefix + key
        await self._ask(lambda client: client.set(name, value, px=int(seconds * 1000)))

    async def guard(self, names: Sequence[str]) -> Tokens:
        """The tokens of guards, which are made where they are missing."""
        if not names:
            return ()

        async def make(client: Redis) -> Tokens:
            async with client.pipeline(transaction=False) as pipeline:
                self._make(pipeline, names)
                pipeline.mget(self._named(names))
                return tuple((await pipeline.execute())[-1])

        return await self._ask(make)

    async def renew(self, names: Iterable[str]) -> None:
        """Give guards new tokens."""

        async def change(client: Redis) -> None:
            async with client.pipeline(transaction=False) as pipeline:
                for name in self._named(names):
                    pipeline.set(name, new_token(), ex=self._guard_seconds)
                await pipeline.execute()

        await self._ask(change)

    async def claim(
        self, flight: str, seconds: float, key: str, guards: Sequence[str]
    ) -> Claim:
        """Ask to load an answer, for so long, unless another process does already.

        What that one has kept by now is found with it, and guards are made.
        """
        load, milliseconds = f"{self._prefix}load:{flight}", int(seconds * 1000)

        async def take(client: Redis) -> Claim:
            async with client.pipeline(transaction=False) as pipeline:
                pipeline.set(load, b"1", px=milliseconds, nx=True)
                self._make(pipeline, guards)
                pipeline.mget(self._named((key, *guards)))
                taken, *_, found = await pipeline.execute()
                return Claim(bool(taken), found[0], tuple(found[1:]))

        return await self._ask(take)

    async def release(self, flight: str) -> None:
        """Say that an answer was loaded."""
        await self._ask(lambda client: client.delete(f"{self._prefix}load:{flight}"))

    def _make(self, pipeline: Pipeline, guards: Iterable[str]) -> None:
        for name in self._named(guards):
            pipeline.set(name, new_token(), ex=self._guard_seconds, nx=True)

    def _named(self, names: Iterable[str]) -> list[str]:
        prefix = self._prefix
        return [prefix + name for name in names]

    async def _ask(self, question: Callable[[Redis], Awaitable[Result]]) -> Result:
        try:
            return await self._redis.ask(question)
        except RedisAway as error:
            raise StoreAway from error
