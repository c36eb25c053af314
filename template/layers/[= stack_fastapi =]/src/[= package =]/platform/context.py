"""What is known about the request in hand, wherever the code runs."""

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
authorization: ContextVar[str | None] = ContextVar("authorization", default=None)
# the caller's place in a trace; ours is in trace_context.py
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
# a pseudonym: logs name nobody
caller: ContextVar[str | None] = ContextVar("caller", default=None)
