"""Values that are looked up in Redis: at once, for all who ask at once."""

import asyncio
from collections.abc import Sequence
from typing import cast

from ..redis.connection import RedisConnections

Values = list[bytes | None]


class Lookups:
    """Asks one MGET for the keys that are wanted in a turn of the event loop.

    A round trip costs the service more than the keys in it.
    """

    def __init__(self, redis: RedisConnections) -> None:
        self._redis = redis
        self._wanted: list[str] = []
        self._asking: asyncio.Task[Values] | None = None

    async def values(self, names: Sequence[str]) -> Values:
        """What these keys have, as of after the call. Raises RedisAway."""
        first = len(self._wanted)
        self._wanted += names
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(_told)
        # who gives up leaves it to the others
        found = await asyncio.shield(self._asking)
        return found[first : first + len(names)]

    async def _ask(self) -> Values:
        # those whose turn is still to come in this round
        await asyncio.sleep(0)
        wanted, self._wanted, self._asking = self._wanted, [], None
        found = await self._redis.ask(lambda client: client.mget(wanted))
        return cast(Values, found)


def _told(task: asyncio.Task[Values]) -> None:
    """A failure is told to those who wait, if anybody does."""
    if not task.cancelled():
        task.exception()
