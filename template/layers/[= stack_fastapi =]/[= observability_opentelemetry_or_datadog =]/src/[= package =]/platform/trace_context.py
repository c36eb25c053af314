"""The request's place in a trace, as the W3C's Trace Context has it: our span."""

from opentelemetry.trace import (
    SpanContext,
    format_span_id,
    format_trace_id,
    get_current_span,
)

from .context import traceparent


def current_traceparent() -> str | None:
    """What a call that is made now sends along; None where no trace is known.

    Without a collector there are no spans, and the caller's place is passed on.
    """
    span = _current()
    if not span.is_valid:
        return traceparent.get()
    trace_id, span_id = format_trace_id(span.trace_id), format_span_id(span.span_id)
    return f"00-{trace_id}-{span_id}-{span.trace_flags:02x}"


def trace_ids() -> dict[str, str]:
    """What a log line says of the trace it belongs to: `trace_id`, and `span_id`.

    Without spans it is the caller's trace; nothing where none is known.
    """
    span = _current()
    if span.is_valid:
        return {
            "trace_id": format_trace_id(span.trace_id),
            "span_id": format_span_id(span.span_id),
        }
    if (known := traceparent.get()) is None:
        return {}
    return {"trace_id": known.split("-", 2)[1]}


def _current() -> SpanContext:
    return get_current_span().get_span_context()
