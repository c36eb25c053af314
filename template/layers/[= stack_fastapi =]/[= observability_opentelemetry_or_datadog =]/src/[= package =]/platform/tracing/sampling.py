"""Which requests are traced, decided before anything is done for a trace."""

import os
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from fastapi.telemetry import TelemetryConfig
from starlette.types import Scope

from ..web import TRACEPARENT

HEADER: Final = b"traceparent"
SAMPLED: Final = 0x01
# The part of a trace's id that the SDK decides by.
DECIDING: Final = 2**64

# The id of the trace that the next span begins.
chosen: ContextVar[int | None] = ContextVar("chosen_trace", default=None)


def telemetry(ratio: float) -> TelemetryConfig:
    """What FastAPI is told: spans of `ratio` (0 to 1) of the requests, nothing else."""
    return {
        "operation_spans": False,
        "metrics": False,
        "logs": False,
        "exclude": left_out(ratio),
    }


def left_out(ratio: float) -> Callable[[Scope], bool]:
    """Tell the requests that have no span, which costs far less than one to drop.

    Their place in a trace is the one that the caller named, or a new one that says that
    it is not sampled, for log lines and for the services that they call.
    """
    bound = round(ratio * DECIDING)

    def is_left_out(scope: Scope) -> bool:
        headers = scope["headers"]
        for name, value in headers:
            if name == HEADER and TRACEPARENT.fullmatch(value):
                return not int(value[-2:], 16) & SAMPLED
        ids = os.urandom(24)
        trace = int.from_bytes(ids[:16])
        if trace % DECIDING < bound:
            chosen.set(trace)
            return False
        place = f"00-{ids[:16].hex()}-{ids[16:].hex()}-00"
        scope["headers"] = [*headers, (HEADER, place.encode())]
        return True

    return is_left_out
