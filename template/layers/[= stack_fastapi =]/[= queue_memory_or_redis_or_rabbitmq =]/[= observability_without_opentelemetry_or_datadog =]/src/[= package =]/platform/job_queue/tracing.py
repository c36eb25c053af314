"""A job's place in a trace: that of the request which left it."""

from contextlib import AbstractContextManager, nullcontext


def job_span(name: str) -> AbstractContextManager[None]:
    """Around a run of a job; its log lines and calls name the trace by themselves."""
    return nullcontext()
