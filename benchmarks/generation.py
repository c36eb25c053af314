"""`groundplan new` beside plain `copier copy` of the same template and answers."""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from .effort import Effort, median
from .processes import Command
from .workshop import Workshop, new_command

PRESET: Final = "rest-monolith"


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Seconds of each, in turns, and their ratio."""
    answers = workshop.folder / "answers.yml"
    preset = (workshop.repository / "presets" / f"{PRESET}.yaml").read_text("utf-8")
    answers.write_text(f"{preset}project_name: Shop\n", "utf-8")
    copier: Command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    copier += ["--vcs-ref", "HEAD", "--data-file", str(answers)]
    ours: list[float] = []
    plain: list[float] = []
    files = (0, 0)
    for _ in range(effort.generations + effort.warm_up):
        new, copy = workshop.place("new"), workshop.place("copy")
        ours.append(_seconds(workshop, new_command(PRESET, new)))
        plain.append(_seconds(workshop, [*copier, workshop.repository, copy]))
        files = count_files(new), count_files(copy)
        shutil.rmtree(new)
        shutil.rmtree(copy)
    if effort.warm_up:
        del ours[0], plain[0]
    table = Table(title=f"Generating {PRESET}: medians of {effort.generations}")
    table.add_column("command")
    for column in ("files", "seconds", "lowest", "highest", "ratio"):
        table.add_column(column, justify="right")
    table.addrow(
        "groundplan new",
        str(files[0]),
        *row(ours),
        f"{median(ours)/median(plain):.2f}",
    )
    table.addrow("copier copy", str(files[1]), *row(plain), "1")
    return table


def _seconds(workshop: Workshop, command: Command) -> float:
    started = time.perf_counter()
    workshop.run(command)
    return time.perf_counter() - started


def count_files(folder: Path) -> int:
    """The files of a project, without those of git."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(1 for path in files if ".git" not in path.relative_to(folder).parts)


def row(seconds: Sequence[float]) -> list[str]:
    """Median, lowest and highest, as a table shows them."""
    return [f"{value:.2f}" for value in (median(seconds), min(seconds), max(seconds))]
