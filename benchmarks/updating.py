"""`groundplan update` across one version beside `new`; Copier's own beside its copy.

The version before is this tree with a choice less, other words in files that people
read, and other code in every third module of the platform.
"""

import shutil
import sys
import time
from pathlib import Path
from typing import Final

from rich.table import Table
from tests.earlier import made_earlier
from tests.repositories import git

from .effort import Effort, median
from .generation import PRESET, row
from .processes import Command
from .workshop import Workshop, new_command

COPIER: Final[Command] = [sys.executable, "-m", "copier"]
LIMIT: Final = 3
"""So many times `new` an update may take."""


def measure(workshop: Workshop, effort: Effort) -> Table:
    """Seconds of each, in turns, and their ratios."""
    versions = _Versions(workshop)
    seconds: dict[str, list[float]] = {}
    for _ in range(effort.generations + effort.warm_up):
        for name, taken in versions.round().items():
            seconds.setdefault(name, []).append(taken)
    if effort.warm_up:
        for taken in seconds.values():
            del taken[0]
    table = Table(
        title=f"Updating {PRESET} across one version: medians of {effort.generations}, "
        f"at most {LIMIT} times `new`"
    )
    table.add_column("command")
    for column in ("seconds", "lowest", "highest", "ratio"):
        table.add_column(column, justify="right")
    for whole, part in (("groundplan new", "update"), ("copier copy", "copier update")):
        ratio = median(seconds[part]) / median(seconds[whole])
        table.add_row(whole, *row(seconds[whole]), "1")
        table.add_row(f"- {part}", *row(seconds[part]), f"{ratio:.2f}")
    return table


class _Versions:
    """Two versions, and a project of the first from each command."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.template = made_earlier(workshop.folder / "versions").folder
        self.ours, self.plain = workshop.place("ours"), workshop.place("plain")
        path = str(self.template / "generator")
        self.environment = {"PYTHONPATH": path, "GIT_CONFIG_COUNT": "2"}
        for number, key in enumerate(("user.name", "user.email")):
            self.environment[f"GIT_CONFIG_KEY_{number}"] = key
            self.environment[f"GIT_CONFIG_VALUE_{number}"] = "bench@localhost"
        self.answers = workshop.folder / "choices.yml"
        preset = workshop.repository / "presets" / f"{PRESET}.yaml"
        text = f"{preset.read_text('utf-8')}project_name: Shop\n"
        self.answers.write_text(text, "utf-8")
        self._run(new_command(PRESET, self.ours))
        self._run(self._copy(self.plain, "v0.0.1"))
        git(self.plain, "init", "--quiet")
        git(self.plain, "add", "--all")
        git(self.plain, "commit", "--quiet", "-m", "First")
        git(self.template, "checkout", "--quiet", "main")

    def round(self) -> dict[str, float]:
        """The seconds of each command, once."""
        new, copy = self.workshop.place("new"), self.workshop.place("copy")
        taken = {
            "groundplan new": self._run(new_command(PRESET, new)),
            "copier copy": self._run(self._copy(copy, "main")),
        }
        shutil.rmtree(new)
        shutil.rmtree(copy)
        update = [sys.executable, "-m", "groundplan", "update"]
        taken["update"] = self._updated(self.ours, update)
        options = ["--quiet", "--defaults", "--vcs-ref", "main"]
        copier = [*COPIER, "update", *options]
        taken["copier update"] = self._updated(self.plain, copier)
        return taken

    def _copy(self, folder: Path, version: str) -> Command:
        options = ["--quiet", "--defaults", "--vcs-ref", version]
        data = ["--data-file", str(self.answers)]
        return [*COPIER, "copy", *options, *data, self.template, folder]

    def _updated(self, project: Path, command: Command) -> float:
        folder = self.workshop.place("project")
        shutil.copytree(project, folder)
        taken = self._run(command, folder)
        readme = (folder / "README.md").read_text("utf-8")
        assert "## Run it" in readme, "nothing was updated"
        shutil.rmtree(folder)
        return taken

    def _run(self, command: Command, folder: Path | None = None) -> float:
        before = self.workshop.environment
        self.workshop.environment = before | self.environment
        started = time.perf_counter()
        try:
            self.workshop.run(command, folder)
        finally:
            self.workshop.environment = before
        return time.perf_counter() - started
