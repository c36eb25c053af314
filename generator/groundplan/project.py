"""Renders and creates projects: the only module that imports copier."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from . import generate, history, source, workspace
from .answers import Answer
from .contract import Contract
from .domain import Domain
from .errors import AnswerError, ProjectError, ToolError
from .git import git, identity
from .history import Origin
from .platform_paths import platform_path
from .reader import read
from .understanding import understand

_SOURCE: Final = re.compile(r"^_src_path:.*\n(?:[ ].*\n)*", re.MULTILINE)


@dataclass(frozen=True)
class Created:
    """A new project."""

    folder: Path
    answers: Mapping[str, object]
    files: int
    committed: bool
    remarks: tuple[str, ...]


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
        versioning, rate_limit, idempotency = (
            str(data.get(name, "none"))
            for name in ("api_versioning", "rate_limit", "idempotency")
        )
        understood = understand(
            contract, None, None, versioning, rate_limit, idempotency
        )
        loaded, domain, _ = understood
        refuse_open_doors(loaded, domain, data)
        data["contexts"] = [context.name for context in domain.contexts]
        data["base_path"] = domain.base_path
        data["platform_path"] = platform_path(domain)
        defaults["error_format"] = domain.error_format
    with _workshop(destination) as folder:
        with _plain_template() as template:
            _render(template, folder, data, defaults, ask=ask)
        origin = history.nearest()
        _record(folder / workspace.ANSWERS, origin)
        project = workspace.open_project(folder)
        if contract is not None and understood is not None:
            (folder / "contracts").mkdir()
            shutil.copyfile(contract, folder / "contracts" / "openapi.yaml")
            domain = understood[1]
            if project.ways == domain.ways:
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
    return Created(destination, recorded, files, committed, _remarks(origin))


def _remarks(origin: Origin | None) -> tuple[str, ...]:
    """What somebody has to know about the version that a project records."""
    if origin is None:
        return (
            "This groundplan is a copy without its history: the project records no "
            "version and cannot be updated later.",
        )
    if history.uncommitted():
        return (
            f"The template has changes that are not committed. The project records "
            f"{origin.commit}, the commit before them: an update takes them for your "
            "edits.",
        )
    return ()


def _record(answers: Path, origin: Origin | None) -> None:
    """Write down which version the project is of, as Copier does for a repository."""
    version: dict[str, str] = {}
    if origin is None:
        version["_src_path"] = str(source.repository())
    else:
        version = {"_commit": origin.commit, "_src_path": origin.url}
    written = yaml.safe_dump(version, allow_unicode=True, width=float("inf"))
    text = answers.read_text(encoding="utf-8")
    text = _SOURCE.sub(lambda _: written, text, count=1)
    answers.write_text(text, encoding="utf-8", newline="\n")


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
            "Add --set auth=jwt, or auth=oidc with an issuer, or drop the security "
            "from the contract.",
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
    with contextlib.ExitStack() as stack:
        given = template or stack.enter_context(_plain_template())
        _render(given, folder, answers, {}, ask=False)


@contextlib.contextmanager
def _plain_template() -> Iterator[Path]:
    """The template as it is on disk, in a folder that is no repository to Copier."""
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        template = Path(place)
        shutil.copyfile(source.repository() / "copier.yml", template / "copier.yml")
        shutil.copytree(
            source.repository() / "template",
            template / "template",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        yield template


def _render(
    template: Path,
    folder: Path,
    data: Mapping[str, object],
    defaults: Mapping[str, object],
    *,
    ask: bool,
) -> None:
    """Let copier ask what is open and write what the answers decide.

    `defaults` are what the contract suggests where nothing is answered.
    """
    import copier
    from copier.errors import (
        CopierAnswersInterrupt,
        CopierError,
        UserMessageError,
    )

    try:
        copier.run_copy(
            str(template),
            str(folder),
            data=dict(data),
            user_defaults=dict(defaults),
            defaults=not ask,
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
