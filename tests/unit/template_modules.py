"""Modules of generated projects that are no templates, imported from where they are."""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

from groundplan import source

FOLDERS = {"tests": "tests", "platform": "src/[= package =]/platform"}


def template_module(folder: str, name: str) -> Any:
    """A module of `tests` or of `platform`, which may import those beside it."""
    package = f"generated_{folder}"
    if package not in sys.modules:
        layer = source.repository() / "template" / "layers" / "[= stack_fastapi =]"
        spec = importlib.util.spec_from_loader(package, loader=None, is_package=True)
        assert spec and spec.submodule_search_locations is not None
        spec.submodule_search_locations.append(str(layer / FOLDERS[folder]))
        sys.modules[package] = importlib.util.module_from_spec(spec)
    if importlib.util.find_spec("fastapi") is None:
        # only named in annotations of what is imported here
        stand_in: Any = ModuleType("fastapi")
        stand_in.FastAPI = object
        sys.modules["fastapi"] = stand_in
    return importlib.import_module(f"{package}.{name}")
