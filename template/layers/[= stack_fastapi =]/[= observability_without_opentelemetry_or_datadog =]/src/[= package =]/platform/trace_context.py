"""The request's place in a trace, as the W3C's Trace Context has it: the caller's."""

from .context import traceparent


def current_traceparent() -> str | None:
    """What a call that is made now sends along; None where no trace is known."""
    return traceparent.get()


def trace_ids() -> dict[str, str]:
    """What a log line says of the trace it belongs to: `trace_id`, or nothing."""
    if (known := traceparent.get()) is None:
        return {}
    return {"trace_id": known.split("-", 2)[1]}
