"""Metrics for Prometheus: requests by route and status, pools, the process itself."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from fastapi import FastAPI, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from .database import Database
from .routing import PLATFORM
from .web import observe_requests

# Around the targets: half below 100 ms, 95 % below 500 ms, 99 % below 1 s.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
KNOWN_METHODS: Final = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
)


class Children(NamedTuple):
    """What counts the requests of one method, route and status."""

    requests: Counter
    duration: Histogram
    satisfied: Counter
    tolerating: Counter
    frustrated: Counter


class RequestMetrics:
    """Counts and times requests.

    Labels come from the route's template and never from the path, so that there is
    a bounded number of time series.
    """

    def __init__(self, registry: CollectorRegistry, apdex_seconds: float) -> None:
        self.registry = registry
        self._apdex_seconds = apdex_seconds
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
        self._apdex = Counter(
            "http_requests_apdex",
            "Requests by how content their callers are: satisfied within the target T, "
            "tolerating within 4 T, frustrated beyond and by every 5xx.",
            ("route", "zone"),
            registry=self.registry,
        )
        self._in_progress = Gauge(
            "http_requests_in_progress",
            "Requests being worked on.",
            registry=self.registry,
        )
        # Looking a child up by its labels costs more than counting.
        self._children: dict[tuple[str, str, int], Children] = {}

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
        children.requests.inc()
        children.duration.observe(seconds)
        if status >= 500 or seconds > 4 * self._apdex_seconds:
            children.frustrated.inc()
        elif seconds > self._apdex_seconds:
            children.tolerating.inc()
        else:
            children.satisfied.inc()

    def _resolve(self, method: str, route: str, status: int) -> Children:
        return Children(
            self._requests.labels(method, route, str(status)),
            self._duration.labels(method, route),
            self._apdex.labels(route, "satisfied"),
            self._apdex.labels(route, "tolerating"),
            self._apdex.labels(route, "frustrated"),
        )


class PoolCollector(Collector):
    """Looks at the connections of every database when it is asked."""

    def __init__(self, databases: Callable[[], Mapping[str, Database]]) -> None:
        self._databases = databases

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The sizes of the pools, and how much of each is taken."""
        size = GaugeMetricFamily(
            "database_pool_size", "Connections there may be.", labels=("database",)
        )
        in_use = GaugeMetricFamily(
            "database_pool_in_use", "Connections in use.", labels=("database",)
        )
        for name, database in self._databases().items():
            use = database.pool_use()
            size.add_metric((name,), use.size)
            in_use.add_metric((name,), use.in_use)
        yield size
        yield in_use


def install_metrics(app: FastAPI) -> None:
    """Observe every request of the app and serve the result."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(PoolCollector(app.state.wiring.databases))
    apdex_seconds = app.state.settings.apdex_target_milliseconds / 1000
    observe_requests(app, RequestMetrics(registry, apdex_seconds))

    async def read_metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    app.add_api_route(f"{PLATFORM}/metrics", read_metrics, include_in_schema=False)
