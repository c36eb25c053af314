"""Jobs that do nothing: a worker's CPU for each, beside the library on its own."""

import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.table import Table

from .effort import Effort, median
from .processes import Command
from .rabbitmq import rabbitmq
from .redis import redis
from .shop import environment, python_of
from .workshop import Workshop

AIM: Final = 0.8
"""The least part of the library's jobs per second."""
CONCURRENCY: Final = 10
BASELINES: Final = Path(__file__).parent / "baselines"
SERVERS: Final = {"redis": redis, "rabbitmq": rabbitmq}

# Seconds and CPU seconds of all jobs of a round, by whose worker it was.
Rounds = dict[str, list[tuple[float, float]]]


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Jobs per second and CPU per job of both, on each engine."""
    table = Table(
        title=f"Jobs that do nothing, {CONCURRENCY} at a time: medians of "
        f"{effort.rounds} rounds of {effort.requests}"
    )
    table.add_column("engine")
    for column in ("ours, 1/s", "library, 1/s", "CPU us, ours", "library", "by CPU"):
        table.add_column(column, justify="right")
    for column in ("by seconds", "lowest", "highest", "aim"):
        table.add_column(column, justify="right")
    for engine, server in SERVERS.items():
        answers = ("database=sqlite", f"queue={engine}", "cache=none")
        folder = workshop.project("rest-monolith", *answers, "rate_limit=none")
        with ExitStack() as stack:
            url = stack.enter_context(server(folder))
            rounds = _rounds(folder, engine, url, effort)
        table.add_row(engine, *_figures(rounds, effort.requests))
    return table


def _rounds(folder: Path, engine: str, url: str, effort: Effort) -> Rounds:
    """The workers one after the other, a new process each time."""
    jobs = str(effort.requests)
    settings = {
        "SHOP_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'jobs.db'}",
        f"SHOP_{engine.upper()}_URL": url,
        "SHOP_JOB_CONCURRENCY": str(CONCURRENCY),
    }
    library = [BASELINES / "taskiq_jobs.py", engine, url, jobs, str(CONCURRENCY)]
    rounds: Rounds = {"ours": [], "library": []}
    for _ in range(effort.rounds):
        for name, words in {
            "ours": [BASELINES / "shop_jobs.py", jobs],
            "library": library,
        }.items():
            rounds[name].append(_run(folder, words, settings))
    return rounds


def _run(folder: Path, words: Command, settings: dict[str, str]) -> tuple[float, float]:
    """Seconds and CPU seconds, which a worker says last; its log goes into a file."""
    with (folder / "jobs.log").open("wb") as log:
        done = subprocess.run(
            [python_of(folder), *words],
            cwd=folder,
            env=environment("") | settings,
            stdout=log,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed:\n{done.stderr[-3000:]}")
    seconds, cpu = done.stderr.strip().splitlines()[-1].split()
    return float(seconds), float(cpu)


def _figures(rounds: Rounds, jobs: int) -> list[str]:
    ours, library = rounds["ours"], rounds["library"]
    by_cpu = [theirs[1] / own[1] for own, theirs in zip(ours, library, strict=True)]
    rates = [median(jobs / seconds for seconds, _ in one) for one in (ours, library)]
    costs = [median(cpu / jobs * 1e6 for _, cpu in one) for one in (ours, library)]
    return [
        *(f"{rate:.0f}" for rate in rates),
        *(f"{cost:.0f}" for cost in costs),
        f"{costs[1] / costs[0]:.2f}",
        f"{rates[0] / rates[1]:.2f}",
        f"{min(by_cpu):.2f}",
        f"{max(by_cpu):.2f}",
        f"{AIM:.2f}",
    ]
