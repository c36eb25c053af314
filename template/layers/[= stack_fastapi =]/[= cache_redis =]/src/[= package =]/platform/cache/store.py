"""Where answers are kept: in Redis, for all processes of the service."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..redis.connection import LONGEST_PAUSE_SECONDS, RedisAway, RedisConnections
from ..redis.turns import Command, Found
from .entries import Caching, Entry
from .tokens import Claim, Tokens, new_token

# what a guard outlives: an answer that is kept without its guard would hold again
LONGER_SECONDS: Final = 300


class StoreAway(Exception):
    """Nothing can be kept or looked up at the moment."""


class Store:
    """Answers and guards, below the service's prefix; guards outlive the answers.

    A guard that Redis had to forget gets a new token: what was kept under the old one
    is invalid. `settling_seconds` after Redis is back, all processes know of it.
    """

    settling_seconds = LONGEST_PAUSE_SECONDS + 2

    def __init__(self, redis: RedisConnections, caching: Caching) -> None:
        self._turns = redis.turns
        self._prefix = f"{redis.prefix}:cache:"
        kept = (entry for entries in caching.values() for entry in entries.values())
        seconds = (entry.seconds for entry in kept if isinstance(entry, Entry))
        self._guard_seconds = max(seconds, default=0) + LONGER_SECONDS

    async def look(
        self, key: str, guards: Sequence[str]
    ) -> tuple[bytes | None, Tokens]:
        """What is kept under a key, and the tokens of guards, as far as they are."""
        _, (value, *tokens) = await self._send((), (key, *guards))
        return value, tuple(tokens)

    async def keep(
        self, key: str, value: bytes, seconds: float, flight: str | None = None
    ) -> None:
        """Keep a value for so long, and release the claim of the flight."""
        commands: list[Command] = [
            ("SET", self._prefix + key, value, "PX", int(seconds * 1000))
        ]
        if flight is not None:
            commands.append(("DEL", self._claimed(flight)))
        await self._send(commands)

    async def guard(self, names: Sequence[str]) -> Tokens:
        """The tokens of guards, which are made where they are missing."""
        if not names:
            return ()
        _, tokens = await self._send([self._new(name, "NX") for name in names], names)
        return tuple(tokens)

    async def renew(self, names: Iterable[str]) -> None:
        """Give guards new tokens."""
        await self._send([self._new(name) for name in names])

    async def claim(
        self, flight: str, seconds: float, key: str, guards: Sequence[str]
    ) -> Claim:
        """Ask to load an answer, for so long, unless another process does already.

        What that one has kept by now is found with it.
        """
        name, milliseconds = self._claimed(flight), int(seconds * 1000)
        taking: list[Command] = [("SET", name, b"1", "PX", milliseconds, "NX")]
        (taken,), (value, *tokens) = await self._send(taking, (key, *guards))
        return Claim(bool(taken), value, tuple(tokens))

    async def release(self, flight: str) -> None:
        """Say that nobody loads an answer any more."""
        await self._send([("DEL", self._claimed(flight))])

    def _claimed(self, flight: str) -> str:
        return f"{self._prefix}load:{flight}"

    def _new(self, guard: str, *unless: str) -> Command:
        name = self._prefix + guard
        return ("SET", name, new_token(), "EX", self._guard_seconds, *unless)

    async def _send(
        self, commands: Sequence[Command], names: Sequence[str] = ()
    ) -> Found:
        prefix = self._prefix
        try:
            return await self._turns.send(commands, [prefix + name for name in names])
        except RedisAway as error:
            raise StoreAway from error
