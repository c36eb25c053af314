"""A circuit breaker: who fails again and again is left alone for a while."""

from collections.abc import Callable
from typing import Final

from ..logging import get_logger
from .errors import ThirdPartyAway

FAILURES: Final = 5  # in a row
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0

log = get_logger(__name__)


class CircuitBreaker:
    """Closed while calls succeed; open for a pause after failures in a row.

    After the pause one call goes through as a trial. It closes the breaker, or doubles
    the pause up to a bound.
    """

    def __init__(self, host: str, clock: Callable[[], float]) -> None:
        self.host = host
        self._clock = clock
        self._failures = 0
        self._pause = 0.0
        self._opens_at = 0.0
        self._is_tried = False

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for a trial."""
        return self._pause > 0

    def enter(self) -> bool:
        """Begin a call; whether it is the trial. Raises ThirdPartyAway."""
        if not self.is_open:
            return False
        left = self._opens_at - self._clock()
        if left > 0 or self._is_tried:
            raise ThirdPartyAway(left)
        self._is_tried = True
        return True

    def leave(self, *, is_trial: bool, has_failed: bool | None) -> None:
        """End a call: it failed, succeeded, or (None) was given up by its caller."""
        if is_trial:
            self._is_tried = False
        if has_failed is None or (self.is_open and not is_trial):
            return
        if has_failed:
            self._failures += 1
            if is_trial or self._failures >= FAILURES:
                self._open()
        else:
            if is_trial:
                log.info("third_party_back", host=self.host)
            self._failures = 0
            self._pause = 0.0

    def _open(self) -> None:
        if not self.is_open:
            log.warning("third_party_away", host=self.host, failures=self._failures)
        longer = max(self._pause * 2, FIRST_PAUSE_SECONDS)
        self._pause = min(longer, LONGEST_PAUSE_SECONDS)
        self._opens_at = self._clock() + self._pause
