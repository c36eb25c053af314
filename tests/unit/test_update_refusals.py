"""What an update refuses: it names the next step, and nothing has changed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan import history, source
from groundplan.errors import GroundplanError
from groundplan.git import git as run_git
from groundplan.history import Origin
from groundplan.update import abort, resume
from groundplan.workspace import ANSWERS

from .updates import PARTS, REPOSITORY, commit, edit, git, run, state

RECORDED = """\
_commit: {commit}
_src_path: {place}
auth: jwt
base_path: ''
ci: none
contexts:
- books
- statistics
database: sqlite
deploy: []
description: A shop.
error_format: problem
observability: []
package: shop
platform_path: ''
project_name: Shop
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two versions, of which the newer one is checked out."""
    folder = tmp_path_factory.mktemp("template")
    for name in PARTS:
        (folder / name).symlink_to(REPOSITORY / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "First")
    git(folder, "tag", "v1.0.0")
    (folder / "more.txt").write_text("more\n")
    commit(folder, "Second")
    git(folder, "tag", "v2.0.0")
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As much of a project as has to be looked at before anything is rendered."""
    monkeypatch.setattr(source, "repository", lambda: template)
    folder = tmp_path / "project"
    folder.mkdir()
    recorded(folder, "v1.0.0", str(template))
    (folder / "README.md").write_text("# Shop\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def recorded(folder: Path, commit: str, place: str) -> None:
    text = RECORDED.format(commit=commit, place=place)
    (folder / ANSWERS).write_text(text)


def refused(folder: Path, words: str, step: str, **wish: object) -> None:
    """Assert that an update is refused with these words, and that nothing changed."""
    before = state(folder)
    sets = wish.pop("sets", ())
    assert isinstance(sets, tuple)
    with pytest.raises(GroundplanError, match=words) as error:
        run(folder, *sets, **wish)  # type: ignore[arg-type]
    assert error.value.exit_status in (2, 3, 4)
    assert step in str(error.value)
    assert state(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_folder_that_is_no_project(project: Path) -> None:
    (project / ANSWERS).unlink()
    refused(project, "no .copier-answers.yml", "groundplan new")


def test_no_repository(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "x" / "other"
    other.mkdir(parents=True)
    recorded(other, "v1.0.0", "/somewhere")
    refused(other, "is not in a git repository", "git init")


def test_no_commit(project: Path) -> None:
    git(project, "checkout", "--quiet", "--orphan", "empty")
    refused(project, "has no commit yet", "git commit")


def test_uncommitted_changes(project: Path) -> None:
    (project / "README.md").write_text("# Ours\n")
    refused(project, r"has uncommitted changes:\n M README.md", "git stash")


def test_staged_changes(project: Path) -> None:
    (project / "own.py").write_text("OWN = 1\n")
    git(project, "add", "own.py")
    refused(project, r"has uncommitted changes:\nA  own.py", "git stash")


def test_a_merge_in_progress(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "other")
    (project / "README.md").write_text("# One\n")
    commit(project)
    git(project, "checkout", "--quiet", "main")
    (project / "README.md").write_text("# Two\n")
    commit(project)
    assert run_git(project, "merge", "other").returncode
    refused(project, "a merge is in progress", "Finish it")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("../template", "is relative"),
        ("/nowhere/template", "is not where this command comes from"),
        ("https://example.com/template", "is not where this command comes from"),
        ("git@example.com:a/template", "is not where this command comes from"),
        ("gh:a/template", "is not where this command comes from"),
    ],
)
def test_a_source_that_came_with_a_clone(project: Path, place: str, words: str) -> None:
    recorded(project, "v1.0.0", place)
    commit(project)
    refused(project, f"{re.escape(place)} {words}", "--source FOLDER")


@pytest.mark.parametrize("name", ["v9.9.9", "0" * 40, "--output=x", "v1.0.0; rm"])
def test_a_commit_that_the_source_does_not_have(project: Path, name: str) -> None:
    place = str(source.repository())
    recorded(project, f"'{name}'", place)
    commit(project)
    refused(project, f"version {re.escape(name)} is not in the history", "fetch --tags")


def test_no_version(project: Path) -> None:
    edit(project, ANSWERS, "_commit: v1.0.0\n", "")
    commit(project)
    refused(project, "does not say which version", "_commit")


def test_a_downgrade(
    project: Path, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(project, "v2.0.0", str(template))
    commit(project)
    older = Origin(str(template), "v1.0.0")
    monkeypatch.setattr(history, "newest", lambda: older)
    refused(
        project, "v2.0.0, which is newer than this command's v1.0.0", "newer version"
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("databse=postgres", "did you mean database"),
        ("database=postgress", "did you mean postgres"),
        ("database", "no value"),
        ("contexts=a,b", "follows from the contract"),
    ],
)
def test_wrong_answers(project: Path, answer: str, words: str) -> None:
    refused(project, words, "", sets=(answer,))


def test_an_unknown_preset(project: Path) -> None:
    refused(
        project,
        "there is no preset 'startr': did you mean starter",
        "",
        preset="startr",
    )


def test_a_contract_that_is_none(project: Path, tmp_path: Path) -> None:
    contract = project / ".git" / "broken.yaml"
    contract.write_text("openapi: 9\n")
    refused(project, "broken.yaml", "", contract=contract)


@pytest.mark.parametrize("what", [abort, lambda folder: resume(folder, {})])
def test_nothing_to_go_on_with(project: Path, what: Callable[[Path], object]) -> None:
    before = state(project)
    with pytest.raises(GroundplanError, match="no update is in progress"):
        what(project)
    assert state(project) == before


def test_another_name_of_the_same_version_is_no_update(
    project: Path, template: Path
) -> None:
    recorded(project, git(template, "rev-parse", "v2.0.0"), str(template))
    commit(project)
    before = state(project)
    assert run(project).nothing
    assert state(project) == before


class TestHistory:
    def test_versions_have_an_order(self, project: Path, template: Path) -> None:
        one, two = (Origin(str(template), f"v{n}.0.0") for n in (1, 2))
        assert history.is_older(one, two)
        assert not history.is_older(two, one)
        assert not history.is_older(one, one)
        assert history.newest() == two
        head = git(template, "rev-parse", "main")
        assert history.is_same(two, Origin(str(template), head))

    def test_a_version_between_tags(self, project: Path, template: Path) -> None:
        head = git(template, "rev-parse", "--short", "HEAD")
        described = Origin(str(template), f"v1.0.0-1-g{head}")
        assert history.is_same(described, history.newest())

    def test_a_shallow_clone_says_how_to_get_the_rest(
        self, project: Path, template: Path, tmp_path: Path
    ) -> None:
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "--quiet", "--depth=1", template.as_uri(), str(clone))
        with pytest.raises(GroundplanError, match="fetch --unshallow"):
            origin = Origin(str(clone), "v1.0.0", named=True)
            history.checkout(origin, tmp_path / "out")
