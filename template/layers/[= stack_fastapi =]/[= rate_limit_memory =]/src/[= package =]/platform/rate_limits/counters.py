"""Counts the requests of this process, in its memory."""

from collections import OrderedDict
from typing import Final

from .windows import Window

# Some 20 MB; beyond it, those who have not asked for the longest time start anew.
MOST_WINDOWS: Final = 100_000


class Counters:
    """How many requests each window has seen. Other processes count for themselves."""

    def __init__(self, most_windows: int = MOST_WINDOWS) -> None:
        self._most_windows = most_windows
        self._counts: OrderedDict[str, int] = OrderedDict()

    async def count(self, window: Window) -> int | None:
        """Count one more request, and return how many there are with it."""
        counts = self._counts
        counted = counts[window.key] = counts.get(window.key, 0) + 1
        counts.move_to_end(window.key)
        if len(counts) > self._most_windows:
            counts.popitem(last=False)
        return counted
