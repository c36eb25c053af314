"""Where answers are kept: in this process, as many as the settings allow."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from time import monotonic

from .tokens import Claim, Tokens, new_token


class StoreAway(Exception):
    """Nothing can be kept or looked up at the moment."""


class Store:
    """Answers and guards of one process; what was not used for the longest time goes.

    A guard that had to go gets a new token: what was kept under the old one is invalid.
    """

    settling_seconds = 0.0

    def __init__(self, most_entries: int) -> None:
        self._most = most_entries
        self._answers: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._guards: OrderedDict[str, bytes] = OrderedDict()

    async def look(
        self, key: str, guards: Sequence[str]
    ) -> tuple[bytes | None, Tokens]:
        """What is kept under a key, and the tokens of guards, as far as they are."""
        tokens = tuple([self._token(name) for name in guards])
        ends, value = self._answers.get(key, (0.0, b""))
        if ends <= monotonic():
            self._answers.pop(key, None)
            return None, tokens
        self._answers.move_to_end(key)
        return value, tokens

    async def keep(
        self, key: str, value: bytes, seconds: float, flight: str | None = None
    ) -> None:
        """Keep a value for so long; no flight has a claim here."""
        self._answers[key] = (monotonic() + seconds, value)
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    async def guard(self, names: Sequence[str]) -> Tokens:
        """The tokens of guards, which are made where they are missing."""
        return tuple([self._token(name) or self._set(name) for name in names])

    async def renew(self, names: Iterable[str]) -> None:
        """Give guards new tokens."""
        for name in names:
            self._set(name)

    async def claim(
        self, flight: str, seconds: float, key: str, guards: Sequence[str]
    ) -> Claim:
        """Ask to load an answer, for so long: in one process nobody else does."""
        value, _ = await self.look(key, guards)
        return Claim(is_ours=True, value=value, tokens=await self.guard(guards))

    async def release(self, flight: str) -> None:
        """Say that nobody loads an answer any more."""

    def _token(self, name: str) -> bytes | None:
        token = self._guards.get(name)
        if token is not None:
            self._guards.move_to_end(name)
        return token

    def _set(self, name: str) -> bytes:
        token = self._guards[name] = new_token()
        self._guards.move_to_end(name)
        while len(self._guards) > 2 * self._most:
            self._guards.popitem(last=False)
        return token
