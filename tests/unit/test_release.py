"""Releases: what is refused, what is written, and that a failure changes nothing."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from groundplan import release, release_proof
from groundplan.errors import GroundplanError, ToolError
from groundplan.history import Origin

from ..repositories import change, commit, git, shallow, template

URL = "https://example.com/groundplan.git"
CHANGELOG = """\
# Changelog

## [Unreleased]

### Added

- Something.

## [0.1.0] - 2026-01-31

- The first.
"""
MANIFEST = """\
[project.urls]
# A placeholder,
# for now.
Repository = "https://groundplan.invalid/groundplan.git"
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that can be released; the working directory."""
    folder = template(tmp_path / "groundplan")
    for key, value in (("name", "Maintainer"), ("email", "maintainer@example.com")):
        git(folder, "config", f"user.{key}", value)
    change(folder, "CHANGELOG.md", CHANGELOG)
    change(folder, "pyproject.toml", MANIFEST)
    change(folder, "generator/groundplan/__init__.py", '__version__ = "0.1.0"\n')
    commit(folder, "one\n", "v0.1.0")
    commit(folder, "two\n")
    monkeypatch.chdir(folder)
    return folder


class Proof:
    """Stands for the build and its proof, which take seconds and have a test of their
    own; `fails` is what the proof finds."""

    fails: str | None = None
    proven: tuple[str, Origin] | None = None

    def build(self, repository: Path, folder: Path) -> list[Path]:
        folder.mkdir()
        text = (repository / "generator/groundplan/__init__.py").read_text("utf-8")
        (file := folder / "groundplan.whl").write_text(text)
        return [file]

    def prove(
        self, repository: Path, files: Sequence[Path], version: str, origin: Origin
    ) -> Iterator[str]:
        if self.fails:
            raise ToolError(self.fails)
        self.proven = version, origin
        yield "proven"


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> Proof:
    stand_in = Proof()
    monkeypatch.setattr(release_proof, "build", stand_in.build)
    monkeypatch.setattr(release_proof, "prove", stand_in.prove)
    return stand_in


def state(repository: Path) -> list[str]:
    """All that a release may change."""
    listed = git(repository, "status", "--porcelain", "--ignored")
    refs = git(repository, "for-each-ref")
    return [listed, refs, git(repository, "rev-parse", "HEAD")]


DONE = ["0.2.0", "--url", URL, "--tests", "passed"]


def test_a_release_is_a_commit_a_tag_and_files(repository: Path, proof: Proof) -> None:
    before = git(repository, "rev-parse", "HEAD")
    assert release.main(DONE) == 0
    assert git(repository, "status", "--porcelain") == "?? dist/"
    assert git(repository, "branch", "--show-current") == "main"
    assert git(repository, "rev-parse", "HEAD~1") == before
    assert git(repository, "rev-parse", "v0.2.0^{commit}", "HEAD").split().pop(0) == (
        git(repository, "rev-parse", "HEAD")
    )
    assert git(repository, "cat-file", "-t", "v0.2.0") == "tag"
    author = git(repository, "log", "-1", "--format=%an <%ae>: %s")
    assert author == "Maintainer <maintainer@example.com>: Release 0.2.0"
    assert (repository / "dist/groundplan.whl").read_text() == '__version__ = "0.2.0"\n'
    assert proof.proven == ("0.2.0", Origin(URL, "v0.2.0"))
    manifest = (repository / "pyproject.toml").read_text("utf-8")
    assert manifest == f'[project.urls]\nRepository = "{URL}"\n'
    changelog = (repository / "CHANGELOG.md").read_text("utf-8")
    assert re.search(
        r"## \[Unreleased\]\n\n## \[0\.2\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- Some",
        changelog,
    )
    assert changelog.endswith("\n## [0.1.0] - 2026-01-31\n\n- The first.\n")


def test_the_next_release_needs_no_address(repository: Path, proof: Proof) -> None:
    assert release.main(DONE) == 0
    change(repository, ".git/info/exclude", "dist/\n")
    text = (repository / "CHANGELOG.md").read_text("utf-8")
    text = text.replace("## [Unreleased]\n", "## [Unreleased]\n\n- More.\n")
    change(repository, "CHANGELOG.md", text)
    commit(repository, "three\n")
    assert release.main(["0.2.1", "--tests", "passed"]) == 0
    assert proof.proven == ("0.2.1", Origin(URL, "v0.2.1"))


def test_a_dry_run_changes_nothing(
    repository: Path, proof: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(repository)
    assert release.main(["0.2.0", "--url", URL, "--dry-run"]) == 0
    assert state(repository) == before
    assert "proven\n" in capsys.readouterr().out


def test_what_does_not_hold_changes_nothing(
    repository: Path, proof: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(repository)
    proof.fails = "_commit: 'abc' instead of 'v0.2.0'"
    assert release.main(DONE) == 5
    assert state(repository) == before
    assert proof.fails in capsys.readouterr().err


def test_a_branch_that_went_on_meanwhile_gets_no_tag(
    repository: Path, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = release.plan(repository, "0.2.0", URL)

    def echo(line: str) -> None:
        if line == "proven":
            commit(repository, "three\n")

    with pytest.raises(ToolError, match="git merge"):
        release.release(planned, repository / "dist", dry_run=False, echo=echo)
    assert git(repository, "tag") == "v0.1.0"
    assert git(repository, "log", "-1", "--format=%s") == "A step"
    assert git(repository, "status", "--porcelain") == ""


REFUSED: dict[str, tuple[list[str], str, str]] = {
    "no version": (["0.2"], "'0.2' is no version", "VERSION=0.2.0"),
    "an option": (["v0.2.0"], "'v0.2.0' is no version", "VERSION=0.2.0"),
    "the last version": (["0.1.0"], "not newer than", "higher VERSION"),
    "no tests": (["0.2.0", "--url", URL], "tests pass", "TESTS=passed"),
    "no address": (["0.2.0", "--tests", "passed"], "is a placeholder", "URL=https://"),
    "an address that is none": (
        ["0.2.0", "--tests", "passed", "--url", "https://x.invalid/y.git"],
        "is a placeholder",
        "URL=https://",
    ),
    "no repository to Copier": (
        ["0.2.0", "--tests", "passed", "--url", "https://example.com/groundplan"],
        "ends in .git",
        "URL=https://",
    ),
    "an odd transport": (
        ["0.2.0", "--tests", "passed", "--url", "http://example.com/groundplan.git"],
        "ends in .git",
        "URL=https://",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_next_step(
    repository: Path, proof: Proof, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    arguments, message, hint = REFUSED[case]
    before = state(repository)
    assert release.main(arguments) != 0
    error = capsys.readouterr().err
    assert message in error
    assert hint in error
    assert state(repository) == before


def test_states_that_cannot_be_released(repository: Path, tmp_path: Path) -> None:
    clone = shallow(tmp_path / "shallow", repository)
    with pytest.raises(GroundplanError, match="git fetch --unshallow"):
        release.plan(clone, "0.2.0", URL)
    change(repository, "notes", "Mine.\n")
    with pytest.raises(GroundplanError, match="notes is not committed"):
        release.plan(repository, "0.2.0", URL)
    (repository / "notes").unlink()
    release.plan(repository, "0.2.0", URL)
    git(repository, "switch", "--quiet", "--detach")
    with pytest.raises(GroundplanError, match="no branch"):
        release.plan(repository, "0.2.0", URL)


@pytest.mark.parametrize("mark", ["## [Unreleased]\n", "## Others\n\n- x\n"])
def test_nothing_to_release(repository: Path, mark: str) -> None:
    change(repository, "CHANGELOG.md", f"# Changelog\n\n{mark}\n## [0.1.0]\n\n- x\n")
    commit(repository, "three\n")
    with pytest.raises(GroundplanError, match=r"nothing under \[Unreleased\]"):
        release.plan(repository, "0.2.0", URL)
