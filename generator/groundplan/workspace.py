"""A generated project on disk, and the files that are written into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from .domain import Ways
from .errors import ProjectError
from .reader import Json, read

ANSWERS = ".copier-answers.yml"


class Owner(Enum):
    """Who may change a file after it was first written."""

    DERIVED = "derived"
    SEEDED = "seeded"
    APPENDED = "appended"
    MERGED = "merged"


@dataclass(frozen=True)
class File:
    """A file to be written, relative to the project."""

    path: PurePosixPath
    text: str
    owner: Owner


@dataclass(frozen=True)
class Project:
    """A generated project: its folder and what its answers say."""

    folder: Path
    package: str
    contexts: tuple[str, ...]
    auth: str
    error_format: str
    platform_path: str = ""
    base_path: str = ""
    ways: Ways = ("problem", "none", "none", "none")
    """The answers that decide how a contract is understood."""
    choices: frozenset[str] = frozenset()

    @property
    def contract(self) -> Path:
        return self.folder / "contracts" / "openapi.yaml"

    @property
    def effective(self) -> Path:
        return self.folder / "contracts" / "effective.yaml"

    @property
    def overlay(self) -> Path:
        return self.folder / "contracts" / "overlay.yaml"


def taken(answers: Mapping[str, Json]) -> frozenset[str]:
    """The choices of answers, by the names of their gates: `<question>_<choice>`."""
    return frozenset(
        f"{question}_{choice}".replace("-", "_")
        for question, answer in answers.items()
        for choice in (answer if isinstance(answer, list) else [answer])
    )


def ways_of(answers: Mapping[str, object]) -> Ways:
    """The answers that decide how a contract is understood."""
    return (
        str(answers.get("error_format", "problem")),
        str(answers.get("api_versioning", "none")),
        str(answers.get("rate_limit", "none")),
        str(answers.get("idempotency", "none")),
    )


def open_project(folder: Path) -> Project:
    """The project in a folder. Raises ProjectError where there is none."""
    path = folder / ANSWERS
    if not path.is_file():
        raise ProjectError(
            f"{folder}: no {ANSWERS} here",
            "Run it in the root of a project made by `groundplan new`.",
        )
    return project_of(folder, read(path, ANSWERS).data)


def project_of(folder: Path, answers: Mapping[str, Json]) -> Project:
    """The project that answers describe. Raises ProjectError where they do not."""
    package, contexts = answers.get("package"), answers.get("contexts")
    if (
        not isinstance(package, str)
        or not package.isidentifier()
        or not isinstance(contexts, list)
    ):
        raise ProjectError(
            f"{folder / ANSWERS}: `package` or `contexts` is missing or wrong",
            "Restore the file from version control.",
        )
    return Project(
        folder,
        package,
        tuple(str(context) for context in contexts),
        str(answers.get("auth", "none")),
        str(answers.get("error_format", "problem")),
        str(answers.get("platform_path", "")),
        str(answers.get("base_path", "")),
        ways_of(answers),
        taken(answers),
    )
