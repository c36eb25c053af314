"""The tracing of a process: begun with it, and flushed at its end."""

import asyncio
from threading import Thread
from typing import TYPE_CHECKING, Final

from opentelemetry import trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from .settings import TracingSettings

# A collector that does not answer holds up the end of the process for no longer.
FLUSH_SECONDS: Final = 1.5


def start_tracing(settings: "TracingSettings", version: str) -> "TracerProvider | None":
    """Send spans from now on, if there is somewhere to send them.

    `version` is the service's. Returns what `stop_tracing` ends.
    """
    if settings.otlp_endpoint is None or not settings.trace_sample_ratio:
        return None
    from .export import batches
    from .resource import resource
    from .spans import tracer_provider

    whose = resource(settings, version)
    provider = tracer_provider(settings.trace_sample_ratio, whose)
    provider.add_span_processor(batches(settings.otlp_endpoint))
    trace.set_tracer_provider(provider)
    return provider


async def stop_tracing(provider: "TracerProvider | None") -> None:
    """Send what is left, in at most FLUSH_SECONDS."""
    if provider is not None:
        flush = Thread(target=provider.shutdown, daemon=True)
        flush.start()
        await asyncio.to_thread(flush.join, FLUSH_SECONDS)
