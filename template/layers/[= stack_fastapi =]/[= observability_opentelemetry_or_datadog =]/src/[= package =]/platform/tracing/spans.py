"""Which spans there are, and what is in them."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBasedTraceIdRatio,
    Sampler,
    SamplingResult,
)
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from .sampling import chosen

# What a caller writes at will: it may be a secret or personal, and has no bounds.
CALLERS_WORDS: Final = frozenset(
    (
        "http.request.method_original",
        "server.address",
        "server.port",
        "url.path",
        "url.query",
    )
)


class CarefulSampler(Sampler):
    """Takes a part of the traces that begin here, and what callers have decided.

    Spans of requests begin without the words of the caller; the route's template is
    added to them later.
    """

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio
        self._inner = ParentBasedTraceIdRatio(ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Decide by the caller's span, or else by the id of the trace."""
        result = self._inner.should_sample(
            parent_context, trace_id, name, kind, attributes, links
        )
        if kind is not SpanKind.SERVER or result.decision is Decision.DROP:
            return result
        kept = {
            key: value
            for key, value in result.attributes.items()
            if key not in CALLERS_WORDS
        }
        return SamplingResult(result.decision, kept)

    def get_description(self) -> str:
        """Name it where the SDK describes itself."""
        return f"CarefulSampler(ratio={self._ratio})"


class ChosenIds(RandomIdGenerator):
    """Random ids; a trace that was decided on already has the one that it was by."""

    def generate_trace_id(self) -> int:
        """The id of a trace that begins."""
        trace_id = chosen.get()
        if trace_id is None:
            return super().generate_trace_id()
        chosen.set(None)
        return trace_id


def tracer_provider(ratio: float, resource: Resource) -> TracerProvider:
    """What makes the service's spans, `ratio` (0 to 1) of those that begin here."""
    return TracerProvider(
        sampler=CarefulSampler(ratio),
        id_generator=ChosenIds(),
        resource=resource,
        shutdown_on_exit=False,
    )
