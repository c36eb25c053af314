"""The shop in as many processes as it has contexts, and a client of them all."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings

CONTEXT_OF = {
    "users": "users",
    "products": "catalog",
    "stock-items": "inventory",
    "reservations": "inventory",
    "orders": "orders",
    "payments": "payments",
    "notifications": "notifications",
}
SECONDS_TO_START = 120
SECONDS_TO_STOP = 10


class ByPath(httpx.AsyncBaseTransport):
    """Sends a request to the process whose context has the path, as a gateway does."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self.urls = urls
        self.network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        context = CONTEXT_OF[request.url.path.split("/")[1]]
        request.url = httpx.URL(self.urls[context]).join(request.url.raw_path.decode())
        return await self.network.handle_async_request(request)

    async def aclose(self) -> None:
        await self.network.aclose()


@contextmanager
def a_process_each(settings: BaseSettings, logs: Path) -> Iterator[Mapping[str, str]]:
    """Every context in a process of its own, on the tests' database; their URLs."""
    package = type(settings).__module__.partition(".")[0]
    contexts = sorted(set(CONTEXT_OF.values()))
    ports = dict(zip(contexts, free_ports(len(contexts)), strict=True))
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    with ExitStack() as running:
        started = {
            name: running.enter_context(
                process_of(
                    package,
                    logs / f"{name}.log",
                    texts_of(settings)
                    | {f"remote__{other}": urls[other] for other in contexts}
                    | {"contexts": name, "port": str(ports[name])},
                )
            )
            for name in contexts
        }
        for name, process in started.items():
            wait_until_ready(urls[name], process, logs / f"{name}.log")
        yield urls


def texts_of(settings: BaseSettings) -> dict[str, str]:
    """What the settings were given, as the environment says it."""
    given = settings.model_dump(exclude_unset=True)
    secrets = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in given.items()
    }
    return {name: value for name, value in secrets.items() if isinstance(value, str)}


@contextmanager
def process_of(
    package: str, log: Path, settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """One process with these settings, until the end of the block."""
    prefix = f"{package}_".upper()
    given = {prefix + name.upper(): value for name, value in settings.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", package],
            env=os.environ | given | {"BACKEND_MODE": "service"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on."""
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the process answers; fail with its log after two minutes."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{url} was never ready:\n{log.read_text()}")
