"""Creates generated projects: the only module that imports copier."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import generate, source
from .answers import Answer
from .contract import Contract
from .domain import Domain
from .errors import AnswerError, ProjectError, ToolError
from .reader import read


@dataclass(frozen=True)
class Created:
    """A new project."""

    folder: Path
    answers: Mapping[str, object]
    files: int
    committed: bool


def create(
    destination: Path,
    answers: Mapping[str, Answer],
    contract: Path | None,
    *,
    ask: bool,
) -> Created:
    """Make a project in an empty or new folder, and commit its first state.

    Everything is made beside the destination and moved there at the end: when
    anything is wrong, nothing is left. Raises GroundplanError.
    """
    destination = destination.absolute()
    check_destination(destination)
    data = dict(answers)
    understood = None
    if contract is not None:
        understood = generate.understand(contract, None)
        _refuse_open_doors(understood[0], understood[1], data)
        data["contexts"] = [context.name for context in understood[1].contexts]
    with _workshop(destination) as folder:
        _render(folder, data, ask=ask)
        if contract is not None and understood is not None:
            target = folder / "contracts"
            target.mkdir()
            shutil.copyfile(contract, target / "openapi.yaml")
            overlay = understood[2]
            assert overlay is not None
            (target / "overlay.yaml").write_text(overlay, encoding="utf-8")
        generate.generate(
            generate.open_project(folder),
            understood=understood[:2] if understood else None,
        )
        files = sum(1 for path in folder.rglob("*") if path.is_file())
        recorded = read(folder / generate.ANSWERS, generate.ANSWERS).data
        committed = _commit(folder, destination)
        _move(folder, destination)
    return Created(destination, recorded, files, committed)


def check_destination(destination: Path) -> None:
    """Refuse a destination that holds anything."""
    if destination.is_symlink() or (destination.exists() and not destination.is_dir()):
        raise ProjectError(f"{destination}: is not a folder", "Choose another one.")
    if destination.is_dir() and any(destination.iterdir()):
        raise ProjectError(
            f"{destination}: is not empty", "Choose a new folder, or empty this one."
        )


def _refuse_open_doors(
    contract: Contract, domain: Domain, answers: Mapping[str, Answer]
) -> None:
    if domain.secured and answers.get("auth") == "none":
        place = (
            contract.place("security")
            if "security" in contract.source.data
            else (contract.source.name)
        )
        raise AnswerError(
            f"auth: none is refused, because {place} declares security",
            "Add --set auth=jwt, or drop the security from the contract.",
        )


@contextlib.contextmanager
def _workshop(destination: Path) -> Iterator[Path]:
    """A folder on the destination's file system that is gone afterwards."""
    parent = destination.parent
    while not parent.is_dir():
        parent = parent.parent
    try:
        folder = Path(tempfile.mkdtemp(prefix=".groundplan-", dir=parent))
    except OSError as error:
        raise ProjectError(
            f"{parent}: cannot be written to: {error.strerror}",
            "Choose another destination.",
        ) from error
    try:
        yield folder / "project"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _render(folder: Path, data: Mapping[str, Answer], *, ask: bool) -> None:
    """Let copier ask what is open and write what the answers decide."""
    import copier
    from copier.errors import (
        CopierAnswersInterrupt,
        CopierError,
        DirtyLocalWarning,
        UserMessageError,
    )

    try:
        with warnings.catch_warnings():
            # a checkout that somebody works on is used as it is
            warnings.simplefilter("ignore", DirtyLocalWarning)
            copier.run_copy(
                str(source.repository()),
                str(folder),
                data=dict(data),
                defaults=not ask,
                vcs_ref="HEAD" if (source.repository() / ".git").exists() else None,
                quiet=True,
            )
    except CopierAnswersInterrupt as error:
        raise KeyboardInterrupt from error
    except (ValueError, UserMessageError) as error:
        raise AnswerError(_first_line(str(error)), "Give another answer.") from error
    except CopierError as error:
        raise ToolError(f"copier: {_first_line(str(error))}") from error


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "failed")


def _commit(folder: Path, destination: Path) -> bool:
    """Commit the first state, unless the destination is part of a repository."""
    parent = destination.parent
    while not parent.is_dir():
        parent = parent.parent
    inside = _git(parent, "rev-parse", "--is-inside-work-tree", check=False)
    if inside.strip() == "true":
        return False
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    identity: list[str] = []
    if not _git(folder, "config", "user.email", check=False).strip():
        identity = [
            "-c",
            "user.name=groundplan",
            "-c",
            "user.email=groundplan@localhost",
        ]
    _git(
        folder,
        *identity,
        "-c",
        "commit.gpgsign=false",
        "commit",
        "--quiet",
        "--no-verify",
        "-m",
        "First state, as generated",
    )
    return True


def _git(folder: Path, *arguments: str, check: bool = True) -> str:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    }
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolError("git is not installed", "Install git.") from error
    if check and done.returncode:
        raise ToolError(
            f"git {arguments[0]}: {_first_line(done.stderr)}", "See the message of git."
        )
    return done.stdout if done.returncode == 0 else ""


def _move(folder: Path, destination: Path) -> None:
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.is_dir():
            destination.rmdir()
        folder.rename(destination)
    except OSError as error:
        raise ProjectError(
            f"{destination}: cannot be written: {error.strerror}",
            "Choose another destination.",
        ) from error
