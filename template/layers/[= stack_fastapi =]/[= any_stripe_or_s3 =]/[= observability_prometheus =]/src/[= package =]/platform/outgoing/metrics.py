"""Calls to third parties, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from .calls import OutgoingCalls


class OutgoingCollector(Collector):
    """Looks at what was counted when it is asked; hosts come from the settings."""

    def __init__(self, calls: OutgoingCalls) -> None:
        self._calls = calls

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Calls by host and outcome, and repetitions by host."""
        made = CounterMetricFamily(
            "outgoing_calls",
            "Calls to third parties: ok, refused (4xx), failed (5xx), timeout, "
            "unreachable or not_asked.",
            labels=("host", "outcome"),
        )
        for (host, outcome), count in self._calls.outcomes.items():
            made.add_metric((host, outcome), count)
        retries = CounterMetricFamily(
            "outgoing_retries", "Attempts beyond the first.", labels=("host",)
        )
        for host, count in self._calls.retries.items():
            retries.add_metric((host,), count)
        yield made
        yield retries
