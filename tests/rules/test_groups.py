"""Tests of a group run in one process, so that what they share is made once."""

import re
import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_it(number, worker_id):
    print(f"ran in {worker_id}")
"""


def test_a_group_stays_together(tmp_path: Path) -> None:
    """pytest-xdist knows them by names of tests, which not every pytest has changed."""
    (tmp_path / "test_groups.py").write_text(TESTS)
    options = ["--numprocesses", "2", "--dist", "loadgroup", "-rP"]
    command = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    workers = re.findall(r"^ran in (gw\d)$", done.stdout, re.MULTILINE)
    assert len(workers) == 6 and len(set(workers)) == 1, workers
