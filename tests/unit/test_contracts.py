"""Every contract of the tests: it is generated once, and agrees with itself then."""

from pathlib import Path

import pytest

from groundplan import generate
from groundplan.reader import read

from .projects import CONTRACTS, generated, state

FILES = sorted(
    path for path in CONTRACTS.iterdir() if path.suffix in (".yaml", ".json")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_second_run_writes_nothing(tmp_path: Path, path: Path) -> None:
    made = generated(tmp_path, read(path).data)
    before = state(tmp_path)
    report = generate.generate(made)
    assert report.clean, report.written + report.removed
    assert state(tmp_path) == before
