"""A temporary folder: the working tree as a git repository, and projects of it."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from .processes import Command

ROOT: Final = Path(__file__).parents[1]
STEP_SECONDS: Final = 600.0
"""After so long a step is given up."""


class Workshop:
    """Everything that is measured is made here, and is gone at the end.

    ``repository`` holds the working tree, uncommitted files included, as one commit:
    copying a dirty checkout costs Copier more than copying a clean one.
    """

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="groundplan-bench-"))
        self.repository = self.folder / "repository"
        self._commit_working_tree()
        self.environment = os.environ | {
            "PYTHONPATH": str(self.repository / "generator"),
            "PYTHONUNBUFFERED": "1",
            "GROUNDPLAN": f"{sys.executable} -m groundplan",
            "COPIER_CACHE_DIR": str(self.folder / "copier"),
        }
        self._projects: dict[str, Path] = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def place(self, name: str) -> Path:
        """A path that does not exist yet."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder)) / name

    def run(self, command: Command, folder: Path | None = None) -> None:
        """Run a command of at most STEP_SECONDS; raises when it fails."""
        done = subprocess.run(
            command,
            cwd=folder or self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STEP_SECONDS,
            check=False,
        )
        if done.returncode:
            words = " ".join(str(word) for word in command)
            raise RuntimeError(
                f"`{words}` failed ({done.returncode}):\n{done.stdout[-3000:]}"
            )

    def project(self, preset: str, *answers: str) -> Path:
        """The sample shop of a preset, installed; made when first asked for.

        `answers` are choices beside the preset's: `cache=redis`.
        """
        name = " ".join((preset, *answers))
        if name not in self._projects:
            folder = self.place(preset)
            given = [word for answer in answers for word in ("--set", answer)]
            self.run([*new_command(preset, folder), *given])
            self.run(["make", "--silent", "setup"], folder)
            self._projects[name] = folder
        return self._projects[name]

    def _commit_working_tree(self) -> None:
        listed = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True)
        for name in names.stdout.decode().split("\0"):
            source, target = ROOT / name, self.repository / name
            if name and source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)
        identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
        for words in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "--all"],
            [*identity, "-c", "commit.gpgsign=false", "commit", "-qm", "Working tree"],
        ):
            subprocess.run(["git", *words], cwd=self.repository, check=True)


def new_command(preset: str, folder: Path) -> Command:
    """`groundplan new` of the sample shop, without questions."""
    command: Command = [
        sys.executable,
        "-m",
        "groundplan",
        "new",
        folder,
        "--preset",
        preset,
    ]
    return [*command, "--set", "project_name=Shop", "--no-input"]
