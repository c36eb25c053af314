"""How spans get to the collector, and what is said when they do not."""

import logging
from collections.abc import Sequence
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from pydantic import HttpUrl

from ..logging import get_logger

PATH: Final = "/v1/traces"
# They log every attempt, and a full queue, for as long as the collector is away.
TALKATIVE: Final = ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal")

log = get_logger(__name__)


def batches(endpoint: HttpUrl) -> BatchSpanProcessor:
    """Send spans to a collector in the background, many at a time.

    A full queue drops the oldest; OTEL_BSP_* bound the queue, OTEL_EXPORTER_OTLP_* the
    requests.
    """
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    exporter = OTLPSpanExporter(str(endpoint).rstrip("/") + PATH)
    return BatchSpanProcessor(BriefExporter(exporter, endpoint.host or ""))


class BriefExporter(SpanExporter):
    """Says once that spans are lost, and once that they arrive again."""

    def __init__(self, exporter: SpanExporter, collector: str) -> None:
        self._exporter = exporter
        self._collector = collector
        self._loses = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send the spans."""
        result = self._exporter.export(spans)
        loses = result is not SpanExportResult.SUCCESS
        if loses and not self._loses:
            log.warning("traces_lost", collector=self._collector)
        elif self._loses and not loses:
            log.info("traces_arrive", collector=self._collector)
        self._loses = loses
        return result

    def shutdown(self) -> None:
        """Give up what is being sent."""
        self._exporter.shutdown()
