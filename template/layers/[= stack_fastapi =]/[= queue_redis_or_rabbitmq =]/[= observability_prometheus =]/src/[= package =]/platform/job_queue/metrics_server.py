"""The metrics of a worker, which answers nothing else."""

from contextlib import ExitStack
from typing import Protocol

from prometheus_client import start_http_server

from ..logging import get_logger
from ..metrics import Wired, registry_of

log = get_logger(__name__)


class ServerSettings(Protocol):
    """Where to answer."""

    @property
    def host(self) -> str: ...
    @property
    def worker_metrics_port(self) -> int | None: ...


class WiredWorker(Wired, Protocol):
    """The wiring of a worker."""

    @property
    def settings(self) -> ServerSettings: ...


class MetricsServer:
    """Answers Prometheus in a thread, if the settings name a port."""

    def __init__(self, wiring: WiredWorker) -> None:
        self._wiring = wiring
        self._open = ExitStack()

    def start(self) -> None:
        """Begin to count and to answer; exits where the port is taken."""
        settings = self._wiring.settings
        if settings.worker_metrics_port is None:
            return
        host, port = settings.host, settings.worker_metrics_port
        registry = registry_of(self._wiring)
        try:
            server, thread = start_http_server(port, host, registry)
        except OSError as error:
            raise SystemExit(f"No metrics at {host}:{port}: {error.strerror}") from None
        for end in (server.server_close, thread.join, server.shutdown):
            self._open.callback(end)
        log.info("metrics_served", host=host, port=server.server_port)

    def stop(self) -> None:
        """Answer no more."""
        self._open.close()
