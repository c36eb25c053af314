"""Failures of jobs: which of them another attempt may mend."""

from typing import Final

from ..errors import (
    AppError,
    BadGateway,
    TooManyRequests,
    Unavailable,
    UpstreamTimeout,
    reason_of,
)

TEMPORARY: Final = (BadGateway, TooManyRequests, Unavailable, UpstreamTimeout)


class TemporaryError(Exception):
    """Raise it in a job that is worth another attempt."""


class QueueAway(Unavailable):
    """The engine of the queue did not take the job in time."""

    code = "queue_unavailable"


def is_temporary(error: Exception) -> bool:
    """Whether another attempt may succeed: others are, and a job that took too long."""
    return isinstance(error, (TemporaryError, TimeoutError, *TEMPORARY))


def text_of(error: Exception) -> str:
    """What is kept of an error: its kind and its words."""
    said = reason_of(error) if isinstance(error, AppError) else str(error)
    return f"{type(error).__name__}: {said}"[:1000]
