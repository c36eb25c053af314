"""Versions of an API: where a contract has them, and where its paths are without them.

OpenAPI can hold two versions of an operation only as two paths (`/v1/users` and
`/v2/users`), so that is where they are; a service of one version may also have it in
the path of its servers (`/api/v1`), or only in `info.version`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from .reader import Json

BY_REQUEST: Final = ("header", "media-type")
HEADER: Final = "X-API-Version"
# The version of paths that name none, once their servers do not name it any more.
VERSION_KEY: Final = "x-api-version"
# On the parameter that names the version: the platform reads it, no operation does.
NAMES_VERSION: Final = "x-names-version"

_NUMBER: Final = r"/v(0|[1-9][0-9]{0,3})(?=/|\Z)"
_IN_PATH: Final = re.compile(rf"((?:/api)?){_NUMBER}")
_IN_BASE: Final = re.compile(rf"(.*){_NUMBER}")
_MAJOR: Final = re.compile(r"[^0-9]{0,20}([0-9]{1,4})(?![0-9])")


@dataclass(frozen=True)
class Versions:
    """The versions that are served, the oldest first, and what is before them in paths.

    `heads` is empty where paths have no version: the one that there is has them all.
    """

    served: tuple[int, ...]
    heads: tuple[str, ...]


def version_of(path: str) -> int | None:
    """The version that a path of a contract begins with, also after `/api`."""
    found = _IN_PATH.match(path)
    return int(found[2]) if found else None


def unversioned(path: str) -> str:
    """A path without its version: `/api/v2/users` -> `/api/users`."""
    return _IN_PATH.sub(r"\1", path, count=1) if _IN_PATH.match(path) else path


def newest_first(paths: Iterable[str]) -> list[str]:
    """Paths in their order, those of newer versions first and those of none last."""
    versions = {path: version_of(path) for path in paths}
    if len(set(versions.values())) < 2:
        return [*versions]
    return sorted(versions, key=lambda path: _age(versions[path]))


def version_in_base(path: str) -> int | None:
    """The version in the path of a server: the last that is there."""
    found = _IN_BASE.match(path)
    return int(found[2]) if found else None


def without_version(url: str) -> str:
    """The URL of a server, or its path, without the version in it; `/` where no more
    is left."""
    return _IN_BASE.sub(r"\1", url, count=1) or "/"


def versions_of(contract: Mapping[str, Json], base_path: str) -> Versions:
    """The versions of a contract, which has at least one."""
    paths = contract.get("paths")
    found = [path for path in (paths if isinstance(paths, dict) else ())]
    served = {version for path in found if (version := version_of(path)) is not None}
    if served:
        return Versions(tuple(sorted(served)), _heads(found))
    named = contract.get(VERSION_KEY)
    if not isinstance(named, int) or isinstance(named, bool):
        named = version_in_base(base_path)
    return Versions((major(contract) if named is None else named,), ())


def major(contract: Mapping[str, Json]) -> int:
    """The first number of `info.version`; 1 where it has none."""
    info = contract.get("info")
    said = str(info.get("version", "")) if isinstance(info, dict) else ""
    found = _MAJOR.match(said)
    return int(found[1]) if found else 1


def _age(version: int | None) -> int:
    return 0 if version is None else -1 - version


def _heads(paths: Iterable[str]) -> tuple[str, ...]:
    """What is before the versions, the longest first: it is tried first."""
    heads = {found[1] for path in paths if (found := _IN_PATH.match(path))}
    return tuple(sorted(heads, key=len, reverse=True))
