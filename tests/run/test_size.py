"""A large contract: generated, installed, imported, migrated, served and described."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.entities import contract

from .conftest import run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("size")]

ENTITIES = 100
SCRIPT = """
import json
from large.main import create_app
from large.settings import Settings

paths = create_app(Settings()).openapi()["paths"]
print(json.dumps(sorted(paths)))
"""


def test_a_hundred_entities(make_project: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_text(contract(ENTITIES), "utf-8")
    choices = ("--set", "package=large", "--set", "auth=none")
    folder = make_project("large", "--contract", str(file), *choices)
    python = str(folder / ".venv" / "bin" / "python")
    run([python, "-m", "large.migrate", "upgrade"], folder)
    served = set(json.loads(run([python, "-c", SCRIPT], folder).splitlines()[-1]))
    assert served >= set(json.loads(contract(ENTITIES))["paths"])
