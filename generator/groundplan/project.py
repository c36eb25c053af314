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

from . import generate, history, layers, source, workspace
from .answers import Answer
from .contract import Contract
from .domain import Domain
from .errors import AnswerError, ProjectError, ToolError
from .git import git, identity
from .history import Origin
from .platform_paths import platform_path
from .reader import Json, read
from .sample import sample
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
    given: dict[str, object] = dict(answers)
    suggested: dict[str, Answer] = {}
    if contract is not None:
        _, *others = workspace.ways_of(answers)
        understood = understand(contract, None, None, *others)
        loaded, domain, _ = understood
        refuse_open_doors(loaded, domain, answers)
        given |= given_by(domain)
        suggested["error_format"] = domain.error_format
    with _workshop(destination) as folder:
        with _rendering(None, given, suggested, ask=ask) as rendering:
            project = workspace.project_of(folder, rendering.answers)
            if contract is None:
                understood = sample(project.choices, project.ways)
                loaded, domain, _ = understood
                more = generate.changed_answers(project, domain, loaded.source.data)
            else:
                if domain.ways != project.ways:
                    understood = understand(contract, None, *project.ways)
                more = given_by(understood[1])
            rendering.write(folder, more)
        origin = history.nearest()
        _record(folder / workspace.ANSWERS, origin)
        if contract is not None:
            (folder / "contracts").mkdir()
            shutil.copyfile(contract, folder / "contracts" / "openapi.yaml")
        project = workspace.open_project(folder)
        generate.generate(project, understood=understood)
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


def given_by(domain: Domain) -> dict[str, str | list[str]]:
    """The answers that a contract gives."""
    return {
        "contexts": [context.name for context in domain.contexts],
        "base_path": domain.base_path,
        "platform_path": platform_path(domain),
    }


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


def answered(answers: Mapping[str, object]) -> dict[str, Json]:
    """What is recorded where these answers are given. Raises GroundplanError."""
    with _rendering(None, answers, {}, ask=False) as rendering:
        return rendering.answers


def render(
    folder: Path, answers: Mapping[str, object], template: Path | None = None
) -> None:
    """Write what recorded answers decide, and nothing that follows from the contract.

    It is this generator's own template, or that of another version in a folder,
    without its history: no repository is read. Raises GroundplanError.
    """
    with _rendering(template, answers, {}, ask=False) as rendering:
        rendering.write(folder, {})


@dataclass(frozen=True)
class _Rendering:
    """Answers that are complete, and what is needed to write what they decide."""

    answers: dict[str, Json]
    _given: Mapping[str, object]
    _names: Mapping[str, str]
    _template: Path
    _workshop: Path

    def write(self, folder: Path, more: Mapping[str, object]) -> None:
        """Write what the answers decide, and `more` that the contract gives."""
        plain = layers.let_in(self._template, self._workshop, self._names)
        data = {**self._given, **self.answers, **more}
        _copy(self._workshop, folder, data, {}, ask=False)
        for path, file in plain.items():
            shutil.copy(file, folder / path)


@contextlib.contextmanager
def _rendering(
    template: Path | None,
    given: Mapping[str, object],
    defaults: Mapping[str, object],
    *,
    ask: bool,
) -> Iterator[_Rendering]:
    """Let copier ask what is open, in a folder that is no repository to it.

    `defaults` are what the contract suggests where nothing is answered.
    """
    template = template or source.repository()
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        workshop, said = Path(place, "template"), Path(place, "said")
        workshop.mkdir()
        names = layers.questions(template, workshop)
        _copy(workshop, said, given, defaults, ask=ask)
        recorded = read(said / workspace.ANSWERS, workspace.ANSWERS).data
        answers = {k: v for k, v in recorded.items() if not k.startswith("_")}
        called = (said / layers.NAMES).read_text("utf-8").splitlines()
        by_name = dict(zip(names, called, strict=True))
        yield _Rendering(answers, given, by_name, template, workshop)


def _copy(
    template: Path,
    folder: Path,
    data: Mapping[str, object],
    defaults: Mapping[str, object],
    *,
    ask: bool,
) -> None:
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
