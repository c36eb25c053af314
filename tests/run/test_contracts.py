"""`make contracts` on the contracts of the tests, and on some to be refused."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..checkout import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.minutes(1)]

CONTRACTS = REPOSITORY / "tests" / "contracts"
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "5")
# A project's tests of the platform are the same for every contract: presets run them.
TESTS = {"PYTEST_ADDOPTS": "--ignore=tests/platform"}
STEPS = "read new environment setup start migrate boot check contract-test".split()
# The allotment goes this way on PostgreSQL, in test_presets.py.
CARRIED = sorted({path.name for path in CONTRACTS.iterdir()} - {"allotment.yaml"})


def table(folder: Path, place: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the rows; `place` is where it works."""
    file = place / "rows.json"
    work = place / "work"
    command = [sys.executable, "-m", "tests.contracts_table", str(folder)]
    done = subprocess.run(
        [*command, *options, "--json", str(file), "--work", str(work)],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "generator")} | TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert file.exists(), done.stderr[-3000:]
    rows = json.loads(file.read_text("utf-8"))["contracts"]
    if done.returncode == 0:
        assert list(work.iterdir()) == []
    return done.returncode, rows


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in CARRIED],
)
def test_a_contract_is_carried_through(tmp_path: Path, name: str) -> None:
    status, (row,) = table(CONTRACTS, tmp_path, "--only", name, "--examples", EXAMPLES)
    assert row["result"] == "ok", row["last_lines"]
    assert row["operations"] == row["implemented"] + row["stubs"]
    assert row["findings"] == 0
    assert list(row["seconds"]) == STEPS
    assert status == 0


REFUSED = {
    "swagger.json": ('{"swagger": "2.0"}', "swagger.json:1: is a Swagger 2 document"),
    "text.yml": ("just words", "text.yml:1: "),
    "v3/remote.yaml": (
        "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n"
        "  /x: {$ref: 'https://example.com/x'}\n",
        "remote.yaml:4: ",
    ),
    "empty.json": ("", "empty.json:1: "),
}


def test_refusals_are_rows_with_their_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name, (text, _) in REFUSED.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    status, rows = table(folder, tmp_path, "--jobs", "2")
    assert [row["contract"] for row in rows] == sorted(REFUSED)
    for row in rows:
        assert row["result"] == "refused", row
        assert row["reason"].startswith(REFUSED[row["contract"]][1])
    assert status == 0
