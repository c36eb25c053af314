"""What many requests ask of Redis in the same moment: in one round trip, for all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeAlias, cast

from redis.asyncio import Redis

Command: TypeAlias = tuple[str | bytes | int, ...]
Values: TypeAlias = list[bytes | None]
Found: TypeAlias = tuple[list[object], Values]
Question: TypeAlias = Callable[[Redis], Awaitable[Found]]


class _Asked(NamedTuple):
    commands: Sequence[Command]
    names: Sequence[str]
    told: asyncio.Future[Found]


class Turns:
    """Sends the commands of all who ask together, and one MGET for their keys.

    A round trip costs the service more than what is in it. One is under way at a time:
    what comes meanwhile waits for the next. `ask` takes a question to Redis.
    """

    def __init__(self, ask: Callable[[Question], Awaitable[Found]]) -> None:
        self._ask = ask
        self._asked: list[_Asked] = []
        self._asking: asyncio.Task[None] | None = None

    async def send(
        self, commands: Sequence[Command], names: Sequence[str] = ()
    ) -> Found:
        """The replies to commands, and what these keys have after them.

        Raises what `ask` does. The commands are sent though their sender gives up.
        """
        told: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._asked.append(_Asked(commands, names, told))
        if self._asking is None:
            self._asking = asyncio.create_task(self._take_turns())
        return await told

    async def _take_turns(self) -> None:
        try:
            while True:
                # those whose turn is still to come in this round of the loop
                await asyncio.sleep(0)
                if not self._asked:
                    return
                asked, self._asked = self._asked, []
                await self._take(asked)
        finally:
            self._asking = None

    async def _take(self, asked: Sequence[_Asked]) -> None:
        commands = [command for one in asked for command in one.commands]
        names = [name for one in asked for name in one.names]
        try:
            replies, values = await self._ask(_question(commands, names))
        except Exception as error:
            for one in asked:
                if not one.told.done():
                    one.told.set_exception(error)
            return
        except BaseException:
            for one in asked:
                one.told.cancel()
            raise
        reply, value = iter(replies), iter(values)
        for one in asked:
            own = [next(reply) for _ in one.commands]
            kept = [next(value) for _ in one.names]
            if not one.told.done():
                one.told.set_result((own, kept))


def _question(commands: Sequence[Command], names: Sequence[str]) -> Question:
    async def question(client: Redis) -> Found:
        if not commands:
            return [], cast(Values, await client.mget(names))
        async with client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            if names:
                pipeline.mget(names)
            replies = await pipeline.execute()
        return replies, cast(Values, replies.pop()) if names else []

    return question
