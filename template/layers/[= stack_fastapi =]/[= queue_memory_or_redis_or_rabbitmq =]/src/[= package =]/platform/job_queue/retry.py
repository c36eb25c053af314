"""When a job that failed is tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

# From the number of the attempt that failed (1 is the first) to seconds until the next.
RetryPolicy = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Exponential:
    """Twice as long after each attempt, up to a bound.

    `jitter` is the part (0 to 1) of each wait that is random, so that what failed
    together is not tried again together.
    """

    first_seconds: float = 1.0
    longest_seconds: float = 600.0
    jitter: float = 0.5
    chance: Callable[[], float] = random.random

    def __call__(self, attempt: int) -> float:
        whole = min(
            self.first_seconds * 2.0 ** min(attempt - 1, 60), self.longest_seconds
        )
        return whole * (1 - self.jitter * self.chance())


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same number of seconds after each attempt."""

    seconds: float

    def __call__(self, attempt: int) -> float:
        return self.seconds
