"""A release, from the checkout to a project that was made far from it, offline."""

import os
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from groundplan.release_proof import OFFLINE, install

from ..checkout import REPOSITORY, checkout
from ..repositories import git
from .conftest import run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(1),
    pytest.mark.xdist_group("release"),
]

URL = "https://example.com/groundplan.git"


@dataclass(frozen=True)
class Released:
    """A checkout after `make release`, and the installed command of its wheel."""

    folder: Path
    first: str
    command: Path

    @property
    def files(self) -> dict[str, bytes]:
        """What was built, by name."""
        return {path.name: path.read_bytes() for path in self.dist.iterdir()}

    @property
    def dist(self) -> Path:
        """The folder with what was built."""
        return self.folder / "dist"


def module(name: str, folder: Path, *arguments: str) -> str:
    """Run a module of the generator that is in a checkout."""
    environment = os.environ | {"PYTHONPATH": str(folder / "generator")}
    return run(
        [sys.executable, "-m", f"groundplan.{name}", *arguments], folder, environment
    )


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    place = tmp_path_factory.mktemp("release")
    folder = checkout(place / "groundplan").folder
    git(folder, "config", "user.name", "Maintainer")
    git(folder, "config", "user.email", "maintainer@example.com")
    first = git(folder, "rev-parse", "HEAD")
    printed = module("release", folder, "9.8.0", "--url", URL, "--tests", "passed")
    assert "made a project without a network" in printed
    (wheel,) = (folder / "dist").glob("*.whl")
    command = install(wheel, place / "venv", REPOSITORY / "requirements.lock")
    yield Released(folder, first, command)


def test_the_tag_is_there_and_the_tree_is_clean(released: Released) -> None:
    assert git(released.folder, "describe", "HEAD") == "v9.8.0"
    assert git(released.folder, "status", "--porcelain") == ""


def test_sdist_and_wheel_hold_the_history(released: Released) -> None:
    (sdist,) = released.dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"history.bundle", "origin.json", "generator/build_hook.py"} <= names
    assert {"copier.yml", "pyproject.toml", "CHANGELOG.md"} <= names
    (wheel,) = released.dist.glob("*.whl")
    inside = "groundplan/repository/"
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        assert f"{inside}copier.yml" in names
        assert len(packed.read(f"{inside}history.bundle")) < 4_000_000
    assert not [
        name for name in names if "__pycache__" in name or "tests/" in name[:20]
    ]


def test_the_same_commit_gives_the_same_files(
    released: Released, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--no-local", str(released.folder), str(clone))
    assert "v9.8.0" in module("release_proof", clone)
    found = {path.name: path.read_bytes() for path in (clone / "dist").iterdir()}
    assert found.keys() == released.files.keys()
    assert found == released.files


def test_plain_copier_updates_by_the_address(
    released: Released, tmp_path: Path
) -> None:
    """The bundle of the wheel stands for the address: git is told so, Copier is not."""
    site = released.command.parents[1] / "lib"
    (packed,) = site.glob("python3*/site-packages/groundplan/repository/history.bundle")
    environment = (
        os.environ
        | OFFLINE
        | {
            "COPIER_CACHE_DIR": str(tmp_path / "cache"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{packed}.insteadOf",
            "GIT_CONFIG_VALUE_0": URL,
        }
    )
    copier = [str(Path(sys.executable).with_name("copier"))]
    project = tmp_path / "shop"
    options = ["--quiet", "--defaults", f"--vcs-ref={released.first}"]
    run([*copier, "copy", *options, URL, str(project)], tmp_path, environment)
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "-m", "First")
    run([*copier, "update", "--quiet", "--defaults"], project, environment)
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text("utf-8"))
    assert (answers["_src_path"], answers["_commit"]) == (URL, "v9.8.0")
    changed = git(project, "diff", "--name-only").splitlines()
    assert changed == [".copier-answers.yml"]
