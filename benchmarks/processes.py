"""Servers as processes of their own: started, asked, timed and stopped."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
ASK_EVERY_SECONDS: Final = 0.005

Command: TypeAlias = list[str | Path]
Process: TypeAlias = "subprocess.Popen[bytes]"


@dataclass(frozen=True)
class Server:
    """A running server, and how long it took from its command to its first 200."""

    pid: int
    port: int
    first_answer_seconds: float
    first_answer_cpu_seconds: float


@contextmanager
def running(
    command: Command,
    port: int,
    ready: str,
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
) -> Iterator[Server]:
    """A server that answers 200 at `ready`; stopped at the end.

    Its output goes to `log`. Raises RuntimeError with the end of it when the server
    ends early or is not ready in READY_SECONDS.
    """
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output
        )
    try:
        try:
            await_answer(process, port, ready)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{log.read_text('utf-8')[-3000:]}") from None
        seconds = time.perf_counter() - started
        yield Server(process.pid, port, seconds, cpu_seconds(process.pid))
    finally:
        stop(process)


def await_answer(process: Process, port: int, path: str) -> None:
    """Return at the first 200; raises RuntimeError when there is none in time."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                connection.close()
                return
        connection.close()
        time.sleep(ASK_EVERY_SECONDS)
    raise RuntimeError(f"{path} did not answer 200 in {READY_SECONDS:.0f} s")


def stop(process: Process) -> None:
    """End a process of ours, politely at first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process, to the nanosecond.

    The clock's number is what clock_getcpuclockid(3) computes on Linux;
    /proc/<pid>/stat has the same figure in steps of 10 ms.
    """
    return time.clock_gettime((~pid << 3) | 2)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
