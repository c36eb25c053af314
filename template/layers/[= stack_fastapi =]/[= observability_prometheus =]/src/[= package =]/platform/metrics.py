"""Metrics for Prometheus: requests by route and status, and the process itself."""

from typing import Final

from fastapi import FastAPI, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from .routing import PLATFORM
from .web import observe_requests

# Around the targets: half below 100 ms, 95 % below 500 ms, 99 % below 1 s.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
KNOWN_METHODS: Final = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
)


class RequestMetrics:
    """Counts and times requests.

    Labels come from the route's template and never from the path, so that there is
    a bounded number of time series.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._duration = Histogram(
            "http_request_duration_seconds",
            "Time from the request's first byte to the end of the answer.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._in_progress = Gauge(
            "http_requests_in_progress",
            "Requests being worked on.",
            registry=self.registry,
        )
        # Looking a child up by its labels costs more than counting.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def started(self) -> None:
        """Note that a request came in."""
        self._in_progress.inc()

    def finished(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note that a request was answered."""
        self._in_progress.dec()
        key = (method if method in KNOWN_METHODS else "other", route, status)
        children = self._children.get(key)
        if children is None:
            children = self._children[key] = self._resolve(*key)
        requests, duration = children
        requests.inc()
        duration.observe(seconds)

    def _resolve(
        self, method: str, route: str, status: int
    ) -> tuple[Counter, Histogram]:
        return (
            self._requests.labels(method, route, str(status)),
            self._duration.labels(method, route),
        )


def install_metrics(app: FastAPI) -> None:
    """Observe every request of the app and serve the result."""
    metrics = RequestMetrics()
    observe_requests(app, metrics)

    async def read_metrics() -> Response:
        return Response(
            generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST
        )

    app.add_api_route(f"{PLATFORM}/metrics", read_metrics, include_in_schema=False)
