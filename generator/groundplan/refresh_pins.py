"""Renews the pin table from the package index: ``python -m groundplan.refresh_pins``.

For maintainers of the templates, behind ``make pins``; needs a network and uv.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .errors import ToolError
from .pins import Package, Table, VersionChange, load
from .wheels import PLATFORMS, PYTHONS, is_kept, runs_on, tags

REQUIRES_PYTHON: Final = ">=3.11"
UV_VARIABLES: Final = {"UV_CACHE_DIR", "UV_NATIVE_TLS", "UV_OFFLINE"}
"""Settings of uv that cannot change what is resolved; all others are taken away."""

HEADER: Final = """\
# Derived from pins.in by `make pins`. Do not edit.
#
# One version of everything a generated project can need. The hashes (SHA-256) are
# those of the sdist and of the wheels for CPython on Linux (glibc and musl), macOS and
# Windows, x86_64 and arm64; elsewhere a package is built from its sdist.
"""


class LockedDependency(TypedDict, total=False):
    """A dependency as uv.lock writes it."""

    name: str
    extra: list[str]
    marker: str


class LockedFile(TypedDict, total=False):
    """A wheel or sdist as uv.lock writes it."""

    url: str
    hash: str


LockedPackage = TypedDict(
    "LockedPackage",
    {
        "name": str,
        "version": str,
        "source": dict[str, str],
        "dependencies": list[LockedDependency],
        "optional-dependencies": dict[str, list[LockedDependency]],
        "sdist": LockedFile,
        "wheels": list[LockedFile],
    },
    total=False,
)


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: the changes, and where a package has to be compiled."""

    changes: list[VersionChange]
    compiled: list[str]


def refresh(repository: Path) -> Refreshed:
    """Resolves ``template/pins.in`` to the newest versions; writes ``pins.toml``.

    Asks the public index, whatever this machine is configured to use instead.
    Raises ToolError when uv fails, when a package needs two versions to suit every
    platform, or when one cannot be installed on a supported platform at all.
    """
    wanted = direct_requirements(repository / "template" / "pins.in")
    packages = _resolve(wanted)
    table = table_of(packages, wanted)
    compiled = list(compiled_places(packages))
    file = repository / "template" / "pins.toml"
    before = load(file) if file.exists() else {}
    file.write_text(render_table(table), "utf-8", newline="\n")
    return Refreshed(_changes(file.name, before, table), compiled)


def direct_requirements(file: Path) -> list[str]:
    """The requirements of a ``pins.in``, without comments and blank lines."""
    lines = (line.partition("#")[0].strip() for line in file.open(encoding="utf-8"))
    return [line for line in lines if line]


def _resolve(requirements: Sequence[str]) -> list[LockedPackage]:
    """Locks the requirements together, for all platforms, in a scratch project."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in UV_VARIABLES or not name.startswith(("UV_", "PIP_"))
    }
    with tempfile.TemporaryDirectory(prefix="groundplan-pins-") as scratch:
        manifest = (
            '[project]\nname = "every-layer"\nversion = "0"\n'
            f"requires-python = {json.dumps(REQUIRES_PYTHON)}\n"
            f"dependencies = {json.dumps(list(requirements))}\n"
        )
        Path(scratch, "pyproject.toml").write_text(manifest, "utf-8")
        command = [uv.find_uv_bin(), "lock", "--no-config", "--quiet"]
        # One version for all platforms and interpreters, rather than the newest each.
        command += ["--fork-strategy", "fewest"]
        command += ["--python", sys.executable, "--no-python-downloads"]
        done = subprocess.run(
            command, cwd=scratch, env=kept, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ToolError(
                f"uv could not resolve the pins:\n{done.stderr.strip()}",
                "Next step: correct template/pins.in, or try again with a network.",
            )
        lock = tomllib.loads(Path(scratch, "uv.lock").read_text("utf-8"))
    return [
        package for package in lock["package"] if "virtual" not in package["source"]
    ]


def table_of(packages: Sequence[LockedPackage], wanted: Iterable[str]) -> Table:
    """The pin table of a lock, for the packages of ``uv.lock``.

    Raises ToolError for a package with two versions, or from anywhere but an index.
    """
    table: dict[str, Package] = {}
    for package in packages:
        name = package["name"]
        if name in table:
            raise ToolError(
                f"{name} resolved to several versions, one for some platforms only",
                f"Next step: bound {name} in template/pins.in.",
            )
        if "registry" not in package["source"]:
            raise ToolError(f"{name} resolved to something else than a release")
        table[name] = Package(
            version=package["version"],
            hashes=tuple(sorted(_hashes(package))),
            dependencies=_texts(package.get("dependencies", [])),
            extras={
                extra: _texts(dependencies)
                for extra, dependencies in package.get(
                    "optional-dependencies", {}
                ).items()
            },
        )
    return _with_empty_extras(table, wanted)


def _with_empty_extras(table: dict[str, Package], wanted: Iterable[str]) -> Table:
    """Adds the extras that are asked for and add nothing: uv leaves those out."""
    texts = [*wanted]
    for row in table.values():
        texts += [*row.dependencies, *(text for e in row.extras.values() for text in e)]
    for requirement in map(Requirement, texts):
        row = table[canonicalize_name(requirement.name)]
        for extra in map(canonicalize_name, sorted(requirement.extras)):
            if extra not in row.extras:
                extras = {**row.extras, extra: ()}
                row = Package(row.version, row.hashes, row.dependencies, extras)
                table[canonicalize_name(requirement.name)] = row
    return {canonicalize_name(name): row for name, row in sorted(table.items())}


def _texts(dependencies: Iterable[LockedDependency]) -> tuple[str, ...]:
    """uv's dependencies as requirements: ``name[extra]; marker``."""
    return tuple(
        sorted(
            one["name"]
            + (f"[{','.join(sorted(one['extra']))}]" if "extra" in one else "")
            + (f"; {one['marker']}" if "marker" in one else "")
            for one in dependencies
        )
    )


def _hashes(package: LockedPackage) -> Iterator[str]:
    if "sdist" in package:
        yield _sha256(package["sdist"])
    for wheel in package.get("wheels", []):
        if is_kept(_file_name(wheel)):
            yield _sha256(wheel)


def _sha256(file: LockedFile) -> str:
    algorithm, _, digest = file["hash"].partition(":")
    if algorithm != "sha256":
        raise ToolError(f"a hash of the lock is {algorithm}, not sha256")
    return digest


def _file_name(file: LockedFile) -> str:
    return file["url"].rpartition("/")[2]


def compiled_places(packages: Iterable[LockedPackage]) -> Iterator[str]:
    """``package on platform, CPython 3.x`` where there is an sdist and no wheel.

    Raises ToolError where there is neither. Markers are not looked at.
    """
    for package in packages:
        files = map(_file_name, package.get("wheels", []))
        wheels = [tag for file in files for tag in tags(file)]
        for platform, pattern in PLATFORMS.items():
            usable = [tag for tag in wheels if pattern.fullmatch(tag.platform)]
            missing = [
                f"3.{minor}"
                for minor in PYTHONS
                if not any(runs_on(tag, minor) for tag in usable)
            ]
            if not missing:
                continue
            place = f"{package['name']} on {platform}, CPython {' '.join(missing)}"
            if "sdist" not in package:
                raise ToolError(f"{place}: neither a wheel nor an sdist")
            yield place


def render_table(table: Table) -> str:
    """The table as TOML, one hash a line, so that an update is a readable diff."""
    parts = [HEADER]
    for name, row in sorted(table.items()):
        parts.append(f"\n[package.{name}]\nversion = {json.dumps(row.version)}\n")
        if row.dependencies:
            parts.append(f"dependencies = {_array(row.dependencies)}\n")
        parts.append(f"hashes = {_array(row.hashes)}\n")
        if row.extras:
            parts.append(f"[package.{name}.extras]\n")
        for extra, dependencies in sorted(row.extras.items()):
            parts.append(f"{extra} = {_array(dependencies)}\n")
    return "".join(parts)


def _array(texts: Iterable[str]) -> str:
    items = "".join(f"    {json.dumps(text)},\n" for text in texts)
    return f"[\n{items}]" if items else "[]"


def _changes(file: str, before: Table, after: Table) -> list[VersionChange]:
    changes = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            versions = (row.version if row else None for row in (old, new))
            changes.append(VersionChange(file, name, *versions))
    return changes


def main() -> None:
    """Refreshes the table of the repository in the working directory."""
    try:
        refreshed = refresh(Path.cwd())
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(error.exit_status) from None
    for change in refreshed.changes:
        print(change)
    for place in refreshed.compiled:
        print(f"compiled from the sdist: {place}")


if __name__ == "__main__":
    main()
