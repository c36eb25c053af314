"""Python runs this at its start in a row: what the lock lacks cannot be imported.

The environment of all rows has more than each of them needs. `ROW_LOCK` names the lock
file of the project, `ROW_MODULES` the packages that each module of the environment is
of, as JSON.
"""

import json
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType


class Locked(PathFinder):
    """Finds what Python finds, except for the modules of packages not locked."""

    hidden: frozenset[str]

    @classmethod
    def find_spec(
        cls,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname in cls.hidden:
            return None
        return super().find_spec(fullname, path, target)


def hidden(lock: Path, modules: Path) -> frozenset[str]:
    """The modules whose packages are all absent from the lock."""
    lines = lock.read_text("utf-8").splitlines()
    locked = {line.split("==")[0].lower() for line in lines if "==" in line}
    owners: dict[str, list[str]] = json.loads(modules.read_text("utf-8"))
    return frozenset(
        module
        for module, packages in owners.items()
        if not any(name.lower().replace("_", "-") in locked for name in packages)
    )


if "ROW_LOCK" in os.environ:
    Locked.hidden = hidden(
        Path(os.environ["ROW_LOCK"]), Path(os.environ["ROW_MODULES"])
    )
    sys.meta_path[sys.meta_path.index(PathFinder)] = Locked
