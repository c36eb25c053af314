"""Windows of time: a caller's requests are counted anew in each of them."""

import math
import time
from dataclasses import dataclass
from zlib import crc32

from .policies import Policy


@dataclass(frozen=True, slots=True)
class Window:
    """What counts the requests of a caller now, and for how many seconds more."""

    key: str
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a policy; of whom too much was asked, it is less than nothing."""

    name: str
    policy: Policy
    left: int
    seconds_left: float

    @property
    def is_exceeded(self) -> bool:
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """Tell of it, as draft-ietf-httpapi-ratelimit-headers-10 does."""
        wait = math.ceil(self.seconds_left)
        policy = self.policy
        told = {
            "RateLimit-Policy": f'"{self.name}";q={policy.requests};w={policy.seconds}',
            "RateLimit": f'"{self.name}";r={max(self.left, 0)};t={wait}',
        }
        return told | {"Retry-After": str(wait)} if self.is_exceeded else told


def window_of(budget: str, policy: Policy, now: float | None = None) -> Window:
    """The window that a budget is in, by the clock that all processes share.

    Windows of different budgets begin at different times: not everybody who has waited
    comes back at once.
    """
    now = time.time() if now is None else now
    shifted = now + crc32(budget.encode()) % policy.seconds
    number, passed = divmod(shifted, policy.seconds)
    return Window(f"{budget}:{int(number)}", policy.seconds - passed)
