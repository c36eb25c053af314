"""Lock files of a project that has moved on: computed anew, never merged.

What the table of tested versions has is taken from there. A package that the team
added and locked itself keeps its version, as long as the project asks for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from . import pins
from .errors import ProjectError
from .pins import Package, Pin, Table, VersionChange


@dataclass(frozen=True)
class Relocked:
    """What changed in lock files, and what is left to do by hand."""

    changes: tuple[VersionChange, ...] = ()
    steps: tuple[str, ...] = ()


def relock(project: Path, before: Mapping[str, str], table: Table) -> Relocked:
    """Write the lock files anew. `before` are those that the generator once wrote.

    What cannot be locked without the package index is a step by hand.
    """
    files = {
        name: project / name for name in (pins.RUNTIME_LOCK, pins.DEVELOPMENT_LOCK)
    }
    texts = {name: _text(path) for name, path in files.items() if path.is_file()}
    steps: dict[str, None] = {}
    computed = {}
    try:
        wanted = pins.requirements(project)
        for name in wanted:
            locked = _locked(texts.get(name, ""))
            once = _locked(before.get(name, ""))
            known, asked = _known(table, wanted[name], locked, steps)
            found = [
                pin if pin.name in table else locked[canonicalize_name(pin.name)]
                for pin in pins.closure(known, asked)
            ]
            if len(known.keys() - table.keys()):
                reached = {pin.name for pin in found}
                own = [
                    p for key, p in locked.items() if key not in once.keys() | reached
                ]
                found = sorted([*found, *own], key=lambda pin: pin.name)
            computed[name] = pins.render_lock(found)
    except (ProjectError, ValueError) as error:
        reason = error.message if isinstance(error, ProjectError) else str(error)
        return Relocked(
            (), (f"`{pins.RENEW}`: the lock files are as before: {reason}",)
        )
    return Relocked(tuple(pins.write_locks(project, computed)), tuple(steps))


def _known(
    table: Table,
    wanted: list[str],
    locked: Mapping[NormalizedName, Pin],
    steps: dict[str, None],
) -> tuple[Table, list[str]]:
    """The table with the versions that only the team has, and what can be locked."""
    known = dict(table)
    asked = []
    for text in wanted:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise ProjectError(f"pyproject.toml: {error}") from error
        name = canonicalize_name(requirement.name)
        mine, tested = locked.get(name), known.get(name)
        fits = mine is not None and _meets(mine, requirement)
        if requirement.url or (tested is None and not fits):
            steps[f"`{pins.RENEW}`: {requirement} is locked nowhere yet"] = None
            continue
        asked.append(text)
        if mine and tested is None:
            extras: dict[str, tuple[str, ...]] = {
                canonicalize_name(extra): () for extra in requirement.extras
            }
            known[name] = Package(mine.version, mine.hashes, (), extras)
        elif mine and tested and fits and not _meets(tested, requirement):
            known[name] = replace(tested, version=mine.version, hashes=mine.hashes)
    return known, asked


def _meets(package: Package | Pin, requirement: Requirement) -> bool:
    return requirement.specifier.contains(package.version, prereleases=True)


def _locked(lock: str) -> dict[NormalizedName, Pin]:
    """The packages of a lock file, by name."""
    found = {}
    for name, entry in pins.entries(lock).items():
        head, *hashes = entry.split("--hash=sha256:")
        version, _, marker = head.partition("==")[2].partition(";")
        digests = tuple(digest.strip() for digest in hashes)
        plain = canonicalize_name(name.partition("[")[0])
        found[plain] = Pin(plain, version.strip(), marker.strip() or None, digests)
    return found


def _text(path: Path) -> str:
    return path.read_text("utf-8")
