"""Renders and creates projects: the only module that imports copier."""

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import generate, source, workspace
from .answers import Answer
from .contract import Contract
from .domain import Domain
from .errors import AnswerError, ProjectError, ToolError
from .git import git, identity
from .platform_paths import platform_path
from .reader import read
from .understanding import understand


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
    defaults: dict[str, Answer] = {}
    understood = None
    if contract is not None:
        understood = understand(contract, None)
        loaded, domain, _ = understood
        refuse_open_doors(loaded, domain, data)
        data["contexts"] = [context.name for context in domain.contexts]
        data["base_path"] = domain.base_path
        data["platform_path"] = platform_path(domain)
        defaults["error_format"] = domain.error_format
    with _workshop(destination) as folder:
        repository = source.repository()
        head = "HEAD" if (repository / ".git").exists() else None
        _render(repository, folder, data, defaults, ask=ask, version=head)
        project = workspace.open_project(folder)
        if contract is not None and understood is not None:
            (folder / "contracts").mkdir()
            shutil.copyfile(contract, folder / "contracts" / "openapi.yaml")
            if project.error_format == understood[1].error_format:
                overlay = understood[2]
                assert overlay is not None
                project.overlay.write_text(overlay, encoding="utf-8")
            else:
                understood = None
        generate.generate(project, understood=understood[:2] if understood else None)
        files = sum(1 for path in folder.rglob("*") if path.is_file())
        recorded = read(folder / workspace.ANSWERS, workspace.ANSWERS).data
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


def refuse_open_doors(
    contract: Contract, domain: Domain, answers: Mapping[str, object]
) -> None:
    """Raise AnswerError where nobody would guard what the contract wants guarded."""
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


def render(
    folder: Path, answers: Mapping[str, object], template: Path | None = None
) -> None:
    """Write what recorded answers decide, and nothing that follows from the contract.

    It is this generator's own template, or that of another version in a folder,
    without its history: no repository is read. Raises GroundplanError.
    """
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        if template is None:
            template = Path(place)
            shutil.copyfile(source.repository() / "copier.yml", template / "copier.yml")
            shutil.copytree(source.repository() / "template", template / "template")
        _render(template, folder, answers, {}, ask=False, version=None)


def _render(
    repository: Path,
    folder: Path,
    data: Mapping[str, object],
    defaults: Mapping[str, object],
    *,
    ask: bool,
    version: str | None,
) -> None:
    """Let copier ask what is open and write what the answers decide.

    `defaults` are what the contract suggests where nothing is answered.
    """
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
                str(repository),
                str(folder),
                data=dict(data),
                user_defaults=dict(defaults),
                defaults=not ask,
                vcs_ref=version,
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
    _git(
        folder,
        *identity(folder),
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
    done = git(folder, *arguments)
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
