"""How much may be repeated, and how fast calls may follow each other."""

from collections.abc import Callable
from typing import Final

from .errors import ThirdPartyBusy

MOST_RETRIES_SAVED: Final = 10.0


class RetryBudget:
    """Repetitions are a share of the calls, so that an outage is not amplified.

    A few may come at once: those that were not needed are saved up to a bound.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._saved = MOST_RETRIES_SAVED if share else 0.0

    def called(self) -> None:
        """A call was made that may be repeated."""
        self._saved = min(self._saved + self._share, MOST_RETRIES_SAVED)

    def take(self) -> bool:
        """Whether one more repetition may be made; it counts as made."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True


class Pace:
    """Turns for calls: so many a second, as many at once where none were made."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._interval = 1 / per_second
        self._burst = max(per_second, 1.0)
        self._clock = clock
        self._next = clock() - self._burst * self._interval

    def turn(self, most_seconds: float) -> float:
        """Seconds to wait for one's turn, which is taken; raises ThirdPartyBusy.

        It is not taken where the wait would be longer than `most_seconds`.
        """
        now = self._clock()
        begin = max(self._next, now - (self._burst - 1) * self._interval)
        wait = begin - now
        if wait > most_seconds:
            raise ThirdPartyBusy(wait)
        self._next = begin + self._interval
        return max(wait, 0.0)

    def hold(self, seconds: float) -> None:
        """Give nobody a turn for so long: the third party asked for it."""
        self._next = max(self._next, self._clock() + seconds)
