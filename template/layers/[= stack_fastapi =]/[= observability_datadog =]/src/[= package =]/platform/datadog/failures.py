"""Unexpected errors on the spans of their requests, where Error Tracking looks."""

from traceback import format_tb
from typing import Final

from fastapi import FastAPI
from opentelemetry.trace import get_current_span

from ..web import observe_failures

# Error Tracking wants a message. That of the error may quote what a request held.
MESSAGE: Final = "in the log line of this trace"
HEADING: Final = "Traceback (most recent call last):"
DEEPEST: Final = 50
MOST_CAUSES: Final = 5


def trace_failures(app: FastAPI) -> None:
    """Say on a request's span what kind of unexpected error ended it, and where."""
    observe_failures(app, SpanFailures())


class SpanFailures:
    """Writes an error to the span in hand, if the request has one."""

    def failed(self, route: str, error: Exception) -> None:
        """Add the event that the Agent makes `error.type` and `error.stack` of."""
        span = get_current_span()
        if span.is_recording():
            said = {
                "exception.type": type_of(error),
                "exception.message": MESSAGE,
                "exception.stacktrace": stack_of(error),
            }
            span.add_event("exception", said)


def stack_of(error: BaseException) -> str:
    """The frames and types of an error and of what led to it, the first cause first.

    The innermost frames only, without messages and variables.
    """
    told: list[str] = []
    current: BaseException | None = error
    while current is not None and len(told) < MOST_CAUSES:
        frames = "".join(format_tb(current.__traceback__, limit=-DEEPEST))
        told.insert(0, f"{HEADING}\n{frames}{type_of(current)}")
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
    return "\n\n".join(told)


def type_of(error: BaseException) -> str:
    """The class of an error, with its module unless it is Python's own."""
    kind = type(error)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"
