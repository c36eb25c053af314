"""`groundplan new` and `generate --check` of contracts that grow: in proportion?"""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from .effort import Effort, median
from .entities import OPERATIONS, contract
from .generation import count_files
from .processes import Command
from .workshop import Workshop

ENTITIES: Final = (30, 100, 300)


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Seconds for each size, and what an entity adds to those of the size before."""
    table = Table(title=f"Growing contracts: medians of {effort.sizes}")
    table.add_column("entities", justify="right")
    for column in (
        "operations",
        "files",
        "new",
        "lowest",
        "highest",
        "per entity more",
    ):
        table.add_column(column, justify="right")
    table.add_column("generate --check", justify="right")
    before: tuple[int, float] | None = None
    for entities in ENTITIES:
        file = workshop.folder / f"{entities}.json"
        file.write_text(contract(entities), "utf-8")
        new, check = [], []
        for _ in range(effort.sizes):
            folder = workshop.place("size")
            new.append(_seconds(workshop, _new(folder, file)))
            check.append(_seconds(workshop, _CHECK, folder))
            files = count_files(folder)
            shutil.rmtree(folder)
        more = ""
        if before is not None:
            added = (median(new) - before[1]) / (entities - before[0])
            more = f"{added * 1000:.0f} ms"
        before = entities, median(new)
        numbers = [f"{v:.2f}" for v in (median(new), min(new), max(new))]
        table.add_row(
            str(entities),
            str(entities * OPERATIONS),
            str(files),
            *numbers,
            more,
            f"{median(check):.2f}",
        )
    return table


_GROUNDPLAN: Final[Sequence[str]] = (sys.executable, "-m", "groundplan")
_CHECK: Final[Command] = [*_GROUNDPLAN, "generate", "--check"]


def _new(folder: Path, contract: Path) -> Command:
    command: Command = [*_GROUNDPLAN, "new", folder, "--contract", contract]
    return [*command, "--set", "auth=none", "--no-input"]


def _seconds(workshop: Workshop, command: Command, folder: Path | None = None) -> float:
    started = time.perf_counter()
    workshop.run(command, folder)
    return time.perf_counter() - started
