"""A job's place in a trace: a span below that of the request which left it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry.trace import SpanKind, StatusCode, get_tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ..context import traceparent

TRACER: Final = get_tracer(__name__)
PROPAGATOR: Final = TraceContextTextMapPropagator()


@contextmanager
def job_span(name: str) -> Iterator[None]:
    """Around a run of a job; ends with it."""
    known = traceparent.get()
    parent = PROPAGATOR.extract({} if known is None else {"traceparent": known})
    with TRACER.start_as_current_span(
        name,
        parent,
        kind=SpanKind.CONSUMER,
        attributes={"messaging.operation.type": "process"},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except Exception as error:
            # its message stays out of the span
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise
