"""Password hashes (Argon2id): slow on purpose, so kept off the event loop."""

import os
from collections.abc import Callable
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ..errors import TooManyRequests

Result = TypeVar("Result")


def _cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# One hash takes 64 MiB and a core for a fifth of a second: a flood of logins leaves
# a core to the other requests, and waits for two seconds at most.
MOST_AT_ONCE: Final = max(1, min(4, _cores() - 1))
MOST_WAITING: Final = 8 * MOST_AT_ONCE
SECONDS_TO_WAIT: Final = 2


class Passwords:
    """Hashes passwords and checks them in worker threads.

    Raises TooManyRequests at once when too many callers wait for their turn already.
    """

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash((Argon2Hasher(parallelism=1),))
        self._turns = CapacityLimiter(MOST_AT_ONCE)
        self._callers = 0

    async def hash(self, password: str) -> str:
        """Return a salted hash of the password."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Tell whether the password fits the hash.

        No hash (nobody has that name, or that account has no password) costs as much
        as a wrong password: the time of an answer does not tell which accounts exist.
        """
        if not hashed:
            await self.hash(password)
            return False
        return await self._in_turn(lambda: self._hasher.verify(password, hashed))

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        if self._callers >= MOST_AT_ONCE + MOST_WAITING:
            raise TooManyRequests(
                "Too many log in at once",
                headers={"Retry-After": str(SECONDS_TO_WAIT)},
            )
        self._callers += 1
        try:
            return await to_thread.run_sync(work, limiter=self._turns)
        finally:
            self._callers -= 1
