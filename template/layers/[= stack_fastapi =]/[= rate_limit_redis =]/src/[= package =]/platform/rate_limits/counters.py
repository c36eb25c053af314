"""Counts the requests of all processes, in Redis."""

import math
from typing import cast

from ..redis.connection import RedisAway, RedisConnections
from ..redis.turns import Command
from .windows import Window


class Counters:
    """How many requests each window has seen, in all processes together."""

    def __init__(self, redis: RedisConnections) -> None:
        self._turns = redis.turns
        self._prefix = f"{redis.prefix}:rate-limits:"

    async def count(self, window: Window) -> int | None:
        """Count one more request, and return how many there are with it.

        None while Redis is away: requests pass uncounted then.
        """
        key, seconds = self._prefix + window.key, math.ceil(window.seconds_left)

        counting: list[Command] = [("INCR", key), ("EXPIRE", key, seconds)]
        try:
            replies, _ = await self._turns.send(counting)
        except RedisAway:
            return None
        return cast(int, replies[0])
