"""Modules of generated projects that are no templates, imported from where they are."""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from groundplan import source

FOLDERS = {"tests": "tests", "platform": "src/[= package =]/platform"}


def template_module(folder: str, name: str) -> Any:
    """A module of `tests` or of `platform`, which may import those beside it."""
    layer = source.repository() / "template" / "layers" / "[= stack_fastapi =]"
    place = str(layer / FOLDERS[folder])
    package = f"generated_{folder}"
    if package not in sys.modules:
        spec = importlib.util.spec_from_loader(package, loader=None, is_package=True)
        assert spec and spec.submodule_search_locations is not None
        spec.submodule_search_locations.append(place)
        sys.modules[package] = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        if folder == "tests":
            patch.syspath_prepend(place)  # as pytest's settings in projects say
        if "fastapi" not in sys.modules:
            # only named in annotations of what is imported here
            stand_in: Any = ModuleType("fastapi")
            stand_in.FastAPI = object
            patch.setitem(sys.modules, "fastapi", stand_in)
        return importlib.import_module(f"{package}.{name}")
