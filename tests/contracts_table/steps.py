"""Steps of a contract: commands that end, or are ended, with their output in a file."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAST_LINES = 12
STOP_SECONDS = 20.0

_running: set[int] = set()
_lock = threading.Lock()


@dataclass(frozen=True)
class Step:
    """A step that was taken: how it ended, how long it took, and what it said."""

    name: str
    status: int | None
    """The exit status; None where it was given up."""
    seconds: float
    log: Path

    @property
    def succeeded(self) -> bool:
        return self.status == 0

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    @property
    def last_lines(self) -> list[str]:
        """The end of what it said, without empty lines."""
        lines = [line.rstrip() for line in self.output.splitlines()]
        return [line for line in lines if line][-LAST_LINES:]


def take(
    name: str,
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    *,
    log: Path,
    limit: float,
) -> Step:
    """Run a command in a folder; after `limit` seconds it and what it started end."""
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with _lock:
            _running.add(process.pid)
        status: int | None = None
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            output.write(f"\nGiven up after {limit:.0f} s.\n".encode())
        finally:
            _end(process)
            with _lock:
                _running.discard(process.pid)
    return Step(name, status, time.monotonic() - started, log)


def end_all() -> None:
    """End the steps that other threads are waiting for."""
    with _lock:
        for group in _running:
            _signal(group, signal.SIGTERM)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of a command and of what it started, politely at first."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        if not _signal(process.pid, wanted) or _is_gone(process):
            break


def _is_gone(process: "subprocess.Popen[bytes]") -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        process.poll()
        if not _signal(process.pid, 0):
            return True
        time.sleep(0.05)
    return False


def _signal(group: int, number: int) -> bool:
    """Signal a process group of ours; whether there was one."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
