"""Floods of bad credentials, which no caller's own limit can stop."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request

from ..auth.credentials import CredentialsMissing
from ..context import authorization
from ..errors import TooManyRequests, Unauthorized
from .networks import network_of
from .policies import Policy, policy_of
from .windows import Quota

MOST_REMEMBERED: Final = 10_000
# Counts a request against a budget, by its name and a policy.
Count = Callable[[str, str, Policy], Awaitable[Quota | None]]


class Refusals:
    """Counts the refused credentials of a client's address.

    Who sent too many is not asked for more until the window ends, however good the
    next ones are: passwords cannot be tried. An access token is the exception: it
    cannot be guessed and costs nothing to check, and with it others behind the same
    address are served on.

    Only what was refused is counted, so that good requests cost nothing here. What is
    over is remembered in each process, which learns of it by a refusal of its own.
    """

    def __init__(self, count: Count, policy: str) -> None:
        self._count = count
        self._policy = policy_of(policy) if policy else None
        self._exceeded: OrderedDict[str, float] = OrderedDict()

    def check(self, request: Request) -> None:
        """Raise TooManyRequests where credentials are not looked at any more."""
        if self._policy is None or not self._exceeded:
            return
        network = network_of(request)
        until = self._exceeded.get(network)
        if until is None:
            return
        seconds = until - time.monotonic()
        if seconds <= 0:
            del self._exceeded[network]
        elif not (authorization.get() or "").lower().startswith("bearer "):
            raise too_many(seconds, self._policy)

    async def count(self, request: Request, refused: Unauthorized) -> None:
        """Count what was refused; raises TooManyRequests where it was one too many."""
        if self._policy is None or isinstance(refused, CredentialsMissing):
            return
        network = network_of(request)
        quota = await self._count("refused", f"refused:{network}", self._policy)
        if quota is None or quota.left > 0:
            return
        self._exceeded[network] = time.monotonic() + quota.seconds_left
        if len(self._exceeded) > MOST_REMEMBERED:
            self._exceeded.popitem(last=False)
        if quota.is_exceeded:
            raise too_many(quota.seconds_left, self._policy)


def too_many(seconds: float, policy: Policy) -> TooManyRequests:
    """The answer to who has to wait for so many seconds."""
    spent = Quota("refused", policy, -1, seconds)
    return TooManyRequests("Too many credentials were refused", headers=spent.headers())
