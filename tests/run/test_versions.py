"""Two versions in one contract, under every answer of `api_versioning`: a process."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.answers import questions

from ..checkout import REPOSITORY
from .conftest import Template, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(2.5),
    pytest.mark.xdist_group("versions"),
]

PARCELS = REPOSITORY / "tests" / "contracts" / "parcels.yaml"
SCRIPT = Path(__file__).with_name("black_box_versions.py")


@pytest.fixture(scope="module")
def python(make_project: Callable[..., Path]) -> Path:
    """The Python of a project; what the answers differ in needs nothing installed."""
    folder = make_project("parcels", "--preset", "api-only", "--contract", str(PARCELS))
    return folder / ".venv" / "bin" / "python"


@pytest.mark.parametrize("versioning", questions()["api_versioning"].choices)
def test_versions_are_named_as_answered(
    versioning: str, python: Path, template: Template, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    template.run(
        *("new", str(folder), "--no-input", "--preset", "api-only"),
        *("--set", "package=parcels", "--set", f"api_versioning={versioning}"),
        *("--contract", str(PARCELS)),
    )
    # before the project that the environment was made for
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    output = run([str(python), str(SCRIPT), "parcels"], folder, environment)
    assert "all is well" in output
