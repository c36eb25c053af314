"""`make bench`: measures, and prints a table for each of nine questions.

What does generating cost, and an update, does it grow with the contract, how soon does
a service answer, what does a request cost, what do traces add, what does
a cache hit cost, a miss, and a job? Nothing here fails because something was slow.
"""

import argparse
import os
import platform
from collections.abc import Callable
from datetime import date
from typing import Final

from rich.console import Console
from rich.table import Table

from . import (
    caching,
    generation,
    jobs,
    missing,
    serving,
    size,
    start,
    tracing,
    updating,
)
from .effort import FULL, QUICK, Effort
from .workshop import Workshop

Question = Callable[[Workshop, Effort], Table]

QUESTIONS: Final[dict[str, Question]] = {
    "generation": generation.measure,
    "update": updating.measure,
    "size": size.measure,
    "start": start.measure,
    "requests": serving.measure,
    "tracing": tracing.measure,
    "cache": caching.measure,
    "miss": missing.measure,
    "jobs": jobs.measure,
}


def main() -> None:
    """Answer the questions that the command line names, by default all."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bench", description=__doc__
    )
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=_choices())
    parser.add_argument(
        "--quick", action="store_true", help="see that it works; the figures are noise"
    )
    options = parser.parse_args()
    if unknown := set(options.questions) - set(QUESTIONS):
        parser.error(f"no such question: {', '.join(unknown)}; {_choices()}")
    console = Console(width=100, highlight=False)
    console.print(_machine())
    with Workshop() as workshop:
        for name in options.questions or QUESTIONS:
            console.print()
            console.print(QUESTIONS[name](workshop, QUICK if options.quick else FULL))


def _choices() -> str:
    return f"any of {', '.join(QUESTIONS)}; all of them by default"


def _machine() -> str:
    load = ", ".join(f"{minutes:.1f}" for minutes in os.getloadavg())
    return (
        f"{date.today()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load}"
    )


if __name__ == "__main__":
    main()
