"""Which version a new project records, and what its owner is told about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ..checkout import Checkout, checkout
from ..repositories import change, git

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("recorded")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """This tree in a folder whose name YAML would fold and has to quote."""
    name = "a clone #1 of the template " + "far down " * 8
    return checkout(tmp_path_factory.mktemp("clone") / name.strip())


def new(clone: Checkout, folder: Path) -> tuple[dict[str, str], str]:
    """The answers of a new project, and what was said on the error stream."""
    command = [sys.executable, "-m", "groundplan", "new", str(folder), "--no-input"]
    done = subprocess.run(
        [*command, "--preset", "api-only"],
        env=os.environ | {"PYTHONPATH": str(clone.folder / "generator")},
        capture_output=True,
        text=True,
        check=True,
    )
    text = (folder / ".copier-answers.yml").read_text("utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("_src_path:"))
    assert str(clone.folder) in line  # one line: make reads it without a parser
    return yaml.safe_load(text), done.stderr


def test_what_is_not_committed_is_used_and_told(
    clone: Checkout, tmp_path: Path
) -> None:
    head = git(clone.folder, "rev-parse", "--short=12", "HEAD")
    recorded, said = new(clone, tmp_path / "clean")
    assert (recorded["_src_path"], recorded["_commit"]) == (str(clone.folder), head)
    assert said == ""

    change(clone.folder, "template/layers/NOTES.md", "Not committed.\n")
    recorded, said = new(clone, tmp_path / "dirty")
    assert (tmp_path / "dirty" / "NOTES.md").is_file()
    assert recorded["_commit"] == head
    assert f"records {head}, the commit before them" in said


def test_a_copy_without_a_history_is_told(clone: Checkout, tmp_path: Path) -> None:
    hidden = clone.folder.parent / "history"
    (clone.folder / ".git").rename(hidden)
    try:
        recorded, said = new(clone, tmp_path / "copy")
    finally:
        hidden.rename(clone.folder / ".git")
    assert "_commit" not in recorded
    assert "cannot be updated later" in said
