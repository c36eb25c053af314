"""Password hashes (Argon2id): slow on purpose, so kept off the event loop."""

import os
from typing import Final

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# One hash takes 64 MiB and a core: logins beyond this many wait for their turn.
MOST_AT_ONCE: Final = min(4, os.cpu_count() or 1)


class Passwords:
    """Hashes passwords and checks them in worker threads."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash((Argon2Hasher(),))
        self._turns = CapacityLimiter(MOST_AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return a salted hash of the password."""
        return await to_thread.run_sync(
            self._hasher.hash, password, limiter=self._turns
        )

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Tell whether the password fits the hash.

        No hash (nobody has that name) costs as much as a wrong password:
        the time of an answer does not tell which accounts exist.
        """
        if hashed is None:
            await self.hash(password)
            return False
        return await to_thread.run_sync(
            self._hasher.verify, password, hashed, limiter=self._turns
        )
