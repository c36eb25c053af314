"""The cache, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from .cache import Cache


class CacheCollector(Collector):
    """Looks at what was counted when it is asked."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Reads by the table that they are about, and by what became of them."""
        reads = CounterMetricFamily(
            "cache_reads",
            "Reads of cached operations: hit, miss, or bypass (straight from the "
            "database).",
            labels=("resource", "outcome"),
        )
        for (table, outcome), count in list(self._cache.counts.items()):
            reads.add_metric((table, outcome), count)
        loads = CounterMetricFamily(
            "cache_loads",
            "Answers read from the database to be kept.",
            labels=("resource",),
        )
        for table, count in list(self._cache.loads.items()):
            loads.add_metric((table,), count)
        yield reads
        yield loads
