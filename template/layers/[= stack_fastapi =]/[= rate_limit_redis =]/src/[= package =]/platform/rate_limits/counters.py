"""Counts the requests of all processes, in Redis."""

import math

from redis.asyncio import Redis

from ..redis.connection import RedisAway, RedisConnections
from .windows import Window


class Counters:
    """How many requests each window has seen, in all processes together."""

    def __init__(self, redis: RedisConnections) -> None:
        self._redis = redis
        self._prefix = f"{redis.prefix}:rate-limits:"

    async def count(self, window: Window) -> int | None:
        """Count one more request, and return how many there are with it.

        It is one round trip; None while Redis is away: requests pass uncounted then.
        """
        key, seconds = self._prefix + window.key, math.ceil(window.seconds_left)

        async def increment(client: Redis) -> int:
            async with client.pipeline(transaction=True) as both:
                both.incr(key)
                both.expire(key, seconds)
                counted, _ = await both.execute()
            return int(counted)

        try:
            return await self._redis.ask(increment)
        except RedisAway:
            return None
