"""This tree as somebody has cloned it: a repository with one commit, its command."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Checkout:
    """A git repository with this tree as its only commit."""

    folder: Path

    @property
    def command(self) -> str:
        """The command as one path, for `make ... GROUNDPLAN=`."""
        return str(self.folder / "run-groundplan")


def checkout(folder: Path) -> Checkout:
    """Commit this tree, with what nobody has committed yet, in a new folder.

    Copier takes the template from a commit, and a checkout that somebody works on
    would not be the same one after a minute. Raises CalledProcessError.
    """
    folder.mkdir(parents=True)
    copy_tree(folder)
    script = folder / "run-groundplan"
    script.write_text(
        f"#!/bin/sh\nPYTHONPATH={folder}/generator exec {sys.executable} "
        '-m groundplan "$@"\n'
    )
    script.chmod(0o755)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
    sign = ("-c", "commit.gpgsign=false")
    _git(folder, *identity, *sign, "commit", "--quiet", "-m", "This tree")
    return Checkout(folder)


def copy_tree(folder: Path) -> None:
    """Write the files of this tree into a folder. Raises CalledProcessError."""
    listed = _git(REPOSITORY, "ls-files", "-z", "-co", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout
