"""The version pins: one tested table, and each project's lock files computed from it.

No network and no resolver: the table holds one version of every package that any
combination of layers can need, so a project's lock is the part of it that is reachable
from the project's own requirements.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from packaging.dependency_groups import resolve_dependency_groups
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from . import source
from .errors import ProjectError

RUNTIME_LOCK: Final = "requirements.lock"
DEVELOPMENT_LOCK: Final = "requirements-dev.lock"
RENEW: Final = "make lock"

HEADER: Final = f"""\
# The exact set this project installs, with hashes: uv pip sync --require-hashes
# Computed from pyproject.toml; `{RENEW}` renews it. Do not edit.
"""

Condition: TypeAlias = frozenset[frozenset[str]]
"""When a package is needed: any of these conjunctions of marker comparisons."""

ALWAYS: Final[Condition] = frozenset({frozenset()})


@dataclass(frozen=True)
class Package:
    """A row of the table: one version of a package, and what it needs in turn.

    ``hashes`` are SHA-256 in hexadecimal; dependencies are requirements with names,
    extras and markers, and no versions.
    """

    version: str
    hashes: tuple[str, ...]
    dependencies: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Table: TypeAlias = Mapping[NormalizedName, Package]


@dataclass(frozen=True)
class Pin:
    """A line of a lock file. ``marker`` is None for what is installed everywhere."""

    name: str
    version: str
    marker: str | None
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class VersionChange:
    """One package of one file before and after; None where it is not in it.

    The two versions are equal where only the hashes or the marker changed.
    """

    file: str
    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.file}: {self.name} {self.after} added"
        if self.after is None:
            return f"{self.file}: {self.name} {self.before} removed"
        if self.before == self.after:
            return f"{self.file}: {self.name} {self.after} other hashes or marker"
        return f"{self.file}: {self.name} {self.before} -> {self.after}"


class UnknownPackage(ProjectError):
    """A requirement on a package, or an extra of one, that the table does not have."""

    def __init__(self, name: str, needed_by: str) -> None:
        super().__init__(
            f"{name}, required by {needed_by}, is not in the table of tested versions",
            f"Next step: `{RENEW}`, which resolves it with the package index.",
        )
        self.name = name


class UnmetRequirement(ProjectError):
    """A requirement whose version specifier the pinned version does not satisfy."""

    def __init__(self, requirement: Requirement, version: str) -> None:
        super().__init__(
            f"{requirement} is not met: the tested version is {version}",
            f"Next step: relax the requirement, or `{RENEW}`, "
            "which resolves it with the package index.",
        )


class DirectReference(ProjectError):
    """A requirement that names a URL: it has no version and no known hash."""

    def __init__(self, requirement: Requirement) -> None:
        super().__init__(
            f"{requirement.name} is required from a URL: a lock file with hashes "
            "cannot hold it",
            "Next step: require a released version by name.",
        )


def _table() -> Path:
    return source.repository() / "template" / "pins.toml"


def load(file: Path | None = None) -> Table:
    """Reads a pin table, by default the one that belongs to this generator."""
    packages = tomllib.loads((file or _table()).read_text("utf-8"))["package"]
    return {
        canonicalize_name(name): Package(
            version=row["version"],
            hashes=tuple(row["hashes"]),
            dependencies=tuple(row.get("dependencies", ())),
            extras={
                canonicalize_name(extra): tuple(dependencies)
                for extra, dependencies in row.get("extras", {}).items()
            },
        )
        for name, row in packages.items()
    }


def closure(pins: Table, requirements: Iterable[str]) -> list[Pin]:
    """The pins reachable from the requirements, by name.

    A pin carries the markers of every path that leads to it: a conjunction along a
    path, a disjunction over paths, nothing where one path is unconditional.

    Raises UnknownPackage, UnmetRequirement and DirectReference.
    """
    reached: dict[tuple[NormalizedName, str], Condition] = {}
    waiting = [
        (Requirement(text), ALWAYS, "this project") for text in sorted(requirements)
    ]
    while waiting:
        requirement, outer, needed_by = waiting.pop()
        name = canonicalize_name(requirement.name)
        package = _pinned(pins, requirement, needed_by)
        condition = _both(outer, _condition(requirement.marker))
        extras = sorted(canonicalize_name(extra) for extra in requirement.extras)
        for extra in ["", *extras]:
            before = reached.get((name, extra), frozenset())
            after = _either(before, condition)
            if after == before:
                continue
            reached[name, extra] = after
            needs = package.extras[extra] if extra else package.dependencies
            waiting.extend((Requirement(text), after, name) for text in needs)
    return [
        Pin(name, pins[name].version, _marker(condition), pins[name].hashes)
        for (name, extra), condition in sorted(reached.items())
        if not extra
    ]


def _pinned(pins: Table, requirement: Requirement, needed_by: str) -> Package:
    """The row that satisfies the requirement, or the error that says why none does."""
    if requirement.url is not None:
        raise DirectReference(requirement)
    package = pins.get(canonicalize_name(requirement.name))
    if package is None:
        raise UnknownPackage(requirement.name, needed_by)
    for extra in sorted(requirement.extras):
        if canonicalize_name(extra) not in package.extras:
            raise UnknownPackage(f"{requirement.name}[{extra}]", needed_by)
    if not requirement.specifier.contains(package.version, prereleases=True):
        raise UnmetRequirement(requirement, package.version)
    return package


def _condition(marker: Marker | None) -> Condition:
    """A marker's conjunctions. One with parentheses is kept whole: still correct,
    only less is recognised as redundant."""
    if marker is None:
        return ALWAYS
    text = str(marker).replace('"', "'")
    if "(" in text:
        return frozenset({frozenset({f"({text})"})})
    return frozenset(frozenset(part.split(" and ")) for part in text.split(" or "))


def _both(left: Condition, right: Condition) -> Condition:
    return _absorbed(one | other for one in left for other in right)


def _either(left: Condition, right: Condition) -> Condition:
    return _absorbed(left | right)


def _absorbed(conjunctions: Iterable[frozenset[str]]) -> Condition:
    """Without those that a weaker one implies (a or (a and b) is a)."""
    every = set(conjunctions)
    return frozenset(one for one in every if not any(other < one for other in every))


def _marker(condition: Condition) -> str | None:
    if condition == ALWAYS:
        return None
    return " or ".join(sorted(" and ".join(sorted(one)) for one in condition))


def render_lock(pins: Iterable[Pin]) -> str:
    """A requirements file with hashes for ``uv pip sync`` or ``pip install``.

    It names no URL and no host: any index or mirror that has these files will do.
    """
    return HEADER + "".join(_lines(pin) for pin in pins)


def _lines(pin: Pin) -> str:
    condition = "" if pin.marker is None else f" ; {pin.marker}"
    hashes = [f"    --hash=sha256:{digest}" for digest in sorted(pin.hashes)]
    return " \\\n".join([f"{pin.name}=={pin.version}{condition}", *hashes]) + "\n"


def requirements(project: Path) -> dict[str, list[str]]:
    """What each lock file of a project is about, from its ``pyproject.toml``.

    The runtime lock covers ``[project].dependencies``, the development lock these and
    the dependency group ``dev``. Raises ProjectError where there is none.
    """
    file = project / "pyproject.toml"
    if not file.is_file():
        raise ProjectError("pyproject.toml: is not there", "Restore it.")
    manifest = tomllib.loads(file.read_text("utf-8"))
    runtime: list[str] = manifest.get("project", {}).get("dependencies", [])
    groups = manifest.get("dependency-groups", {})
    development = resolve_dependency_groups(groups, "dev") if "dev" in groups else ()
    return {RUNTIME_LOCK: runtime, DEVELOPMENT_LOCK: [*runtime, *development]}


def locks(project: Path, pins: Table) -> dict[str, str]:
    """The project's lock files by name. Raises what ``closure`` raises."""
    return {
        name: render_lock(closure(pins, wanted))
        for name, wanted in requirements(project).items()
    }


def write_locks(project: Path, computed: Mapping[str, str]) -> list[VersionChange]:
    """Writes lock files where they differ and returns what changed in them."""
    changes: list[VersionChange] = []
    for name, text in computed.items():
        file = project / name
        before = file.read_text("utf-8") if file.exists() else None
        if before != text:
            file.write_text(text, "utf-8", newline="\n")
            changes.extend(_changes(name, before or "", text))
    return changes


def _changes(file: str, before: str, after: str) -> Iterator[VersionChange]:
    old, new = entries(before), entries(after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            versions = (version_of(side.get(name)) for side in (old, new))
            yield VersionChange(file, name, *versions)


def entries(lock: str) -> dict[str, str]:
    """The text of each package in a lock file, hashes included, by name."""
    lines = lock.splitlines(True)
    text = "".join(line for line in lines if not line.lstrip().startswith("#"))
    found = text.replace("\\\n", "").splitlines()
    return {entry.partition("==")[0].strip(): entry for entry in found if "==" in entry}


def version_of(entry: str | None) -> str | None:
    """The version in such a text."""
    return None if entry is None else entry.partition("==")[2].split()[0]
