"""How soon there is an answer: of the demo, and of a service that is only started."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from .effort import Effort, median
from .postgres import database
from .processes import STOP_SECONDS, Command, Process, Server, await_answer
from .shop import ALONE, READY, baseline, environment, python_of, shop
from .workshop import STEP_SECONDS, Workshop, new_command

PRESET: Final = "starter"
PORT: Final = re.compile(rb"port (\d+)")
STEP: Final = re.compile(rb"- (.+?)(?: on port \d+)? \.\.\.")
DONE: Final = re.compile(rb"  done in ([\d.]+) s")


@dataclass(frozen=True)
class Demo:
    """Seconds from the command to the first 200, and those of its steps."""

    seconds: float
    steps: dict[str, float]


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Both questions in one table."""
    table = Table(title="Until the first 200")
    table.add_column("what")
    for column in ("seconds", "lowest", "highest", "CPU seconds", "ratio"):
        table.add_column(column, justify="right")
    demos = [demo(workshop) for _ in range(effort.demos + effort.warm_up)]
    demos = demos[effort.warm_up :]
    whole = [found.seconds for found in demos]
    table.add_row(f"demo ({PRESET}): new and run", *_spread(whole), "", "")
    for step in demos[0].steps:
        seconds = [found.steps[step] for found in demos]
        table.add_row(f"  {step}", *_spread(seconds), "", "")
    ours, bare = starts(workshop, effort)
    table.add_section()
    ratio = median(_seconds(ours)) / median(_seconds(bare))
    table.add_row(
        "start of the service (rest-monolith)",
        *_spread(_seconds(ours)),
        _cpu(ours),
        f"{ratio:.2f}",
    )
    table.add_row("start of bare FastAPI", *_spread(_seconds(bare)), _cpu(bare), "1")
    return table


def demo(workshop: Workshop) -> Demo:
    """What `make demo` does after its set-up, until the service is ready."""
    folder = workshop.place("demo")
    started = time.perf_counter()
    workshop.run(new_command(PRESET, folder))
    steps = {"groundplan new": time.perf_counter() - started}
    process = subprocess.Popen(
        [sys.executable, "-m", "groundplan", "run", folder],
        env=workshop.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    watchdog = threading.Timer(STEP_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    try:
        seconds = _follow(process, steps, started)
    finally:
        _interrupt(process)
        watchdog.cancel()
        shutil.rmtree(folder)
    return Demo(seconds, steps)


def starts(workshop: Workshop, effort: Effort) -> tuple[list[Server], list[Server]]:
    """Starts of the generated service and of the bare one, in turns."""
    folder = workshop.project("rest-monolith", *ALONE)
    ours: list[Server] = []
    bare: list[Server] = []
    with database() as url:
        migrate(folder, url)
        for _ in range(effort.starts + effort.warm_up):
            with shop(workshop, folder, url) as server:
                ours.append(server)
            with baseline(workshop, folder, "ready", url, READY) as server:
                bare.append(server)
    return ours[effort.warm_up :], bare[effort.warm_up :]


def migrate(folder: Path, url: str) -> None:
    """Create the tables of the service."""
    command: Command = [python_of(folder), "-m", "shop.migrate", "upgrade"]
    variables = environment(url)
    subprocess.run(command, cwd=folder, env=variables, check=True, timeout=STEP_SECONDS)


def _follow(process: Process, steps: dict[str, float], started: float) -> float:
    """Read the steps that `run` tells of; seconds to the first answer."""
    assert process.stdout is not None
    step, seen, seconds = "", b"", 0.0
    for line in process.stdout:
        seen += line
        if found := STEP.match(line):
            step = found[1].decode()
        if port := PORT.search(line):
            await_answer(process, int(port[1]), READY)
            seconds = time.perf_counter() - started
        if done := DONE.search(line):
            steps[step] = float(done[1])
            if seconds:
                return seconds
    raise RuntimeError(f"`groundplan run` ended early:\n{seen.decode()[-3000:]}")


def _interrupt(process: Process) -> None:
    """Ctrl-C, which the command passes on to its service."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=2 * STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _spread(seconds: list[float]) -> list[str]:
    return [f"{value:.2f}" for value in (median(seconds), min(seconds), max(seconds))]


def _seconds(servers: list[Server]) -> list[float]:
    return [server.first_answer_seconds for server in servers]


def _cpu(servers: list[Server]) -> str:
    return f"{median(server.first_answer_cpu_seconds for server in servers):.2f}"
