"""Priorities of jobs: 1 is the most urgent, 10 the least; a level is a queue."""

from typing import Final

CRITICAL: Final = 1
HIGH: Final = 3
NORMAL: Final = 5
LOW: Final = 8
BATCH: Final = 10

LEVELS: Final = ("critical", "high", "normal", "low", "batch")
# the last priority of each level
_LAST: Final = (1, 3, 6, 9, 10)
# Each lower level goes first once in so many jobs, so that it is never starved.
ROUND: Final = 32


def level_of(priority: int) -> str:
    """The level of a priority from 1 to 10. Raises ValueError for any other."""
    for level, last in zip(LEVELS, _LAST, strict=True):
        if 1 <= priority <= last:
            return level
    raise ValueError(f"a priority is 1 to 10, not {priority}")


class Turns:
    """In which order a worker looks at the levels.

    The most urgent one goes first, but for one job in 32 of each other level.
    """

    def __init__(self) -> None:
        self._taken = 0

    def order(self) -> tuple[str, ...]:
        """The levels, the one to look at first being first."""
        leader = self._leader(self._taken)
        if leader is None:
            return LEVELS
        return (leader, *(level for level in LEVELS if level != leader))

    def next(self, count: int) -> list[tuple[tuple[str, ...], int]]:
        """How to take so many jobs: of which levels, in order, and how many of them.

        What the level that leads does not have is left for the next ones.
        """
        steps: list[tuple[tuple[str, ...], int]] = []
        urgent = 0
        for taken in range(self._taken, self._taken + count):
            leader = self._leader(taken)
            if leader is not None:
                steps += [(LEVELS, urgent), ((leader,), 1)]
                urgent = 0
            urgent += 1
        return [*steps, (LEVELS, urgent)]

    def _leader(self, taken: int) -> str | None:
        place, rest = divmod(taken % ROUND + 1, ROUND // len(LEVELS))
        return LEVELS[place] if not rest and 0 < place < len(LEVELS) else None

    def took(self) -> None:
        """A job was taken."""
        self._taken += 1
