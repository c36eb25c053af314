"""`make update` in a project: the newest generator of its source is installed and used.

The source is a checkout, or a public address, as projects record it that a wheel made.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import uv
import yaml

from ..checkout import checkout
from ..repositories import git
from ..run.conftest import run
from ..unit.updates import edit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(1.5),
    pytest.mark.xdist_group("make update"),
]

README = "template/layers/[= stack_fastapi =]/README.md.jinja"
# Runs on this machine what git asks another one to do.
SSH = """#!/bin/sh
for last; do :; done
exec sh -c "$last"
"""


def move_on(folder: Path, tag: str) -> None:
    """Another version of the template, of which a README tells."""
    edit(folder, README, "## Work on it", "## How to work on it")
    git(folder, "commit", "--quiet", "--all", "-m", tag)
    git(folder, "tag", tag)


def make(project: Path, *more: str, **variables: str) -> str:
    """`make update`, without a command of somebody's own."""
    given = {k: v for k, v in os.environ.items() if k != "GROUNDPLAN"} | variables
    return run(["make", "--silent", "update", *more], project, given)


def is_updated(project: Path, source: str, **variables: str) -> None:
    """It comes to the newest version of its source, and keeps an edit."""
    edit(project, "README.md", "## Run it", "Ours.\n\n## Run it")
    git(project, "commit", "--quiet", "--all", "-m", "Ours")
    head = git(project, "rev-parse", "HEAD")
    assert "a plan" in make(project, "ARGS=--plan", **variables)
    assert git(project, "rev-parse", "HEAD") == head
    said = make(project, **variables)
    assert "v1.0.0 -> v2.0.0" in said
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text("utf-8"))
    assert (answers["_src_path"], answers["_commit"]) == (source, "v2.0.0")
    text = (project / "README.md").read_text("utf-8")
    assert "Ours.\n\n## Run it" in text and "## How to work on it" in text
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "rev-parse", "HEAD~1") == head
    assert "Up to date" in make(project, **variables)


def test_from_a_checkout(tmp_path: Path) -> None:
    clone = checkout(tmp_path / "a clone")
    git(clone.folder, "tag", "v1.0.0")
    project = tmp_path / "project"
    new = [sys.executable, "-m", "groundplan", "new", str(project), "--no-input"]
    given = os.environ | {"PYTHONPATH": str(clone.folder / "generator")}
    run([*new, "--preset", "api-only"], tmp_path, given)
    move_on(clone.folder, "v2.0.0")
    is_updated(project, str(clone.folder))


def test_from_a_public_address(tmp_path: Path) -> None:
    clone, home = checkout(tmp_path / "clone").folder, tmp_path / "groundplan.git"
    url = f"ssh://git@localhost{home}"
    manifest = (clone / "pyproject.toml").read_text("utf-8")
    manifest = re.sub(
        "^Repository = .*$", f'Repository = "{url}"', manifest, flags=re.M
    )
    (clone / "pyproject.toml").write_text(manifest, "utf-8")
    git(clone, "commit", "--quiet", "--all", "-m", "A home")
    git(clone, "tag", "v1.0.0")
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), str(home))
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH, "utf-8")
    ssh.chmod(0o755)
    ways = {"GIT_SSH_COMMAND": str(ssh)}
    command = installed(tmp_path / "venv", f"git+{url}@v1.0.0", ways)
    project = tmp_path / "project"
    new = [str(command), "new", str(project), "--no-input", "--preset", "api-only"]
    run(new, tmp_path)
    move_on(clone, "v2.0.0")
    git(clone, "push", "--quiet", str(home), "main", "v2.0.0")
    is_updated(project, url, **ways)
    # without a way there nothing happens, and it is told
    failed = subprocess.run(
        ["make", "--silent", "update"],
        cwd=project,
        env=os.environ | {"GIT_SSH_COMMAND": "false", "UV_NO_CACHE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode != 0 and "groundplan.git" in failed.stderr
    assert git(project, "status", "--porcelain") == ""


def installed(environment: Path, source: str, ways: dict[str, str]) -> Path:
    """The command, installed from a source into an environment of its own."""
    tool, python = uv.find_uv_bin(), environment / "bin" / "python"
    given = os.environ | ways
    create = [tool, "venv", "--quiet", "--python", sys.executable, str(environment)]
    run(create, environment.parent, given)
    install = [tool, "pip", "install", "--quiet", "--python", str(python)]
    run([*install, f"groundplan @ {source}"], environment.parent, given)
    return environment / "bin" / "groundplan"
