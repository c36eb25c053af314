"""How much is measured: for figures, or to see that it works."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Effort:
    """How often each thing is done.

    ``warm_up`` runs before the first that counts: it fills the package cache and lets
    Python compile. ``requests`` is the number a round and operation.
    """

    warm_up: bool
    generations: int
    sizes: int
    demos: int
    starts: int
    rounds: int
    requests: int


FULL: Final = Effort(
    warm_up=True, generations=5, sizes=3, demos=3, starts=5, rounds=3, requests=4000
)
QUICK: Final = Effort(
    warm_up=False, generations=1, sizes=1, demos=1, starts=1, rounds=1, requests=100
)


def median(values: Iterable[float]) -> float:
    """The middle one: a disturbed run does not move it."""
    return statistics.median(values)
