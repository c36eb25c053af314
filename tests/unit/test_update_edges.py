"""Cases of updates that random edits and kills have found, one by one."""

import shutil
from pathlib import Path

import pytest

from groundplan import landing
from groundplan.errors import GroundplanError, ProjectError
from groundplan.reoverlay import dropped
from groundplan.rerender import moved
from groundplan.update import abort, resume

from .test_update import ERRORS, SOURCES
from .updates import (
    PACKAGE,
    TEMPLATE,
    Workplace,
    commit,
    edit,
    files,
    git,
    read,
    run,
    state,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("update-edges")]


def change_errors(place: Workplace) -> None:
    edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
    place.release()


def change_readme(place: Workplace) -> None:
    edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")


@pytest.fixture
def torn(place: Workplace) -> Path:
    """A project whose update has a conflict in the README, and changes `errors.py`."""
    project = place.project()
    edit(project, "README.md", "## Run it", "## Our way")
    commit(project)
    change_readme(place)
    change_errors(place)
    return project


def solve(side: str) -> None:
    (Path(side) / "README.md").write_text("# Solved\n")
    git(Path(side), "add", "README.md")


def test_a_committed_folder_in_place_of_a_file_stays(place: Workplace) -> None:
    project = place.project()
    (project / ERRORS).unlink()
    (project / ERRORS).mkdir()
    (project / ERRORS / "own.py").write_text("OWN = 1\n")
    commit(project)
    change_errors(place)
    report = run(project)
    assert not report.conflicts
    assert f"{ERRORS}: something else of yours is in its place" in report.notes[0]
    assert read(project, f"{ERRORS}/own.py") == "OWN = 1\n"


def test_a_link_in_place_of_a_file_stays(place: Workplace) -> None:
    project = place.project()
    (project / ERRORS).unlink()
    (project / ERRORS).symlink_to("faults.py")
    commit(project)
    change_errors(place)
    report = run(project)
    assert not report.conflicts
    assert f"{ERRORS}: something else of yours is in its place" in report.notes[0]
    assert (project / ERRORS).readlink() == Path("faults.py")


def test_a_committed_file_where_a_folder_is_to_be_is_a_conflict(
    place: Workplace,
) -> None:
    project = place.project()
    (project / SOURCES / "platform" / "extra").write_text("ours\n")
    commit(project)
    (place.template / PACKAGE / "platform" / "extra").mkdir()
    new = place.template / PACKAGE / "platform" / "extra" / "new.py"
    new.write_text("NEW = 1\n")
    place.release()
    report = run(project)
    (conflict,) = report.conflicts
    assert conflict.path == f"{SOURCES}/platform/extra~HEAD"
    assert "where a folder is to be" in conflict.reason
    side = Path(report.side)
    (side / conflict.path).rename(side / SOURCES / "platform" / "extra.txt")
    git(side, "rm", "--quiet", conflict.path)
    resume(project, {})
    assert read(project, f"{SOURCES}/platform/extra.txt") == "ours\n"
    assert read(project, f"{SOURCES}/platform/extra/new.py") == "NEW = 1\n"


def test_a_file_that_both_rename_is_a_conflict_of_two_names(place: Workplace) -> None:
    project = place.project()
    git(project, "mv", ERRORS, f"{SOURCES}/platform/ours.py")
    commit(project)
    platform = place.template / PACKAGE / "platform"
    (platform / "errors.py").rename(platform / "theirs.py")
    place.release()
    report = run(project)
    assert {c.path: c.reason for c in report.conflicts} == {
        f"{SOURCES}/platform/ours.py": (
            "you renamed it, and it gets another new name: keep one of the two"
        ),
        f"{SOURCES}/platform/theirs.py": (
            "new, in the way of something of yours: keep it or let it go"
        ),
    }
    assert report.notes == []


def test_marks_that_were_there_before_are_no_conflicts(torn: Path) -> None:
    marks = "# <<<<<<< ours\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"
    with (torn / ERRORS).open("a") as file:
        file.write(f'"""\n{marks}"""\n')
    commit(torn)
    solve(run(torn).side)
    resume(torn, {})
    assert marks in read(torn, ERRORS)
    assert "# new\n" in read(torn, ERRORS)


def test_longer_marks_are_conflicts_too(torn: Path) -> None:
    (torn / ".gitattributes").write_text("README.md conflict-marker-size=20\n")
    commit(torn)
    side = Path(run(torn).side)
    assert f"\n{'<' * 20} HEAD\n" in read(side, "README.md")
    git(side, "add", "README.md")
    with pytest.raises(GroundplanError, match=r"README.md:\d+: a conflict"):
        resume(torn, {})


def test_one_line_with_another_end_is_one_edit(place: Workplace) -> None:
    project = place.project()
    with (project / ERRORS).open("ab") as file:
        file.write(b"# ours\r\n")
    commit(project)
    change_errors(place)
    assert not run(project).conflicts
    content = (project / ERRORS).read_bytes()
    assert b"# new\nimport" in content and content.endswith(b"\n# ours\r\n")


def test_line_ends_stay_in_a_file_with_another_name(place: Workplace) -> None:
    project = place.project()
    moved_to = project / SOURCES / "platform" / "faults.py"
    text = (project / ERRORS).read_bytes().replace(b"\n", b"\r\n")
    moved_to.write_bytes(text + b"# ours\r\n")
    (project / ERRORS).unlink()
    commit(project)
    change_errors(place)
    report = run(project)
    assert not report.conflicts
    assert report.merged == [f"{SOURCES}/platform/faults.py"]
    content = moved_to.read_bytes()
    assert b"# new\r\nimport" in content and content.endswith(b"# ours\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_lines_that_both_add_to_a_file_with_windows_line_ends(
    place: Workplace,
) -> None:
    project = place.project()
    text = (project / ERRORS).read_bytes().replace(b"\n", b"\r\n")
    (project / ERRORS).write_bytes(text.replace(b"from", b"# ours\r\nfrom", 1))
    commit(project)
    edit(place.template, f"{PACKAGE}/platform/errors.py", "from", "# new\nfrom")
    place.release()
    assert not run(project).conflicts
    assert b"# ours\r\n# new\r\nfrom" in (project / ERRORS).read_bytes()


def test_a_file_from_before_its_attributes_is_as_committed(place: Workplace) -> None:
    project = place.project()
    text = (project / ERRORS).read_bytes()
    (project / ERRORS).write_bytes(text.replace(b"\n", b"\r\n"))
    commit(project)
    (project / ".gitattributes").write_text("* text=auto\n")
    commit(project)
    change_errors(place)
    run(project)
    assert b"# new\r\nimport" in (project / ERRORS).read_bytes()
    assert git(project, "status", "--porcelain") == ""


def test_names_that_git_has_to_quote(place: Workplace) -> None:
    project = place.project()
    name = 'say "it"\\\n.py'
    (project / ERRORS).rename(project / name)
    commit(project)
    change_errors(place)
    run(project)
    assert "# new\nimport" in read(project, name)


def test_a_continue_that_is_refused_leaves_no_lock(torn: Path) -> None:
    solve(run(torn).side)
    git(torn, "update-index", "--assume-unchanged", ERRORS)
    before = read(torn, ERRORS)
    (torn / ERRORS).write_text("# hidden\n")
    with pytest.raises(ProjectError, match=f"{ERRORS}: has uncommitted changes"):
        resume(torn, {})
    assert not (torn / ".git" / "index.lock").exists()
    (torn / ERRORS).write_text(before)
    resume(torn, {})
    assert "# new" in read(torn, ERRORS)


class Stopped(BaseException):
    """What stands for the end of the process."""


@pytest.fixture
def landed(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose update was stopped when all was done but the clearing away."""
    project = place.project()
    change_errors(place)
    real = landing.release

    def stops(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(landing, "release", stops)
        with pytest.raises(Stopped):
            run(project)
    return project


def test_work_goes_on_after_a_landing_that_was_not_cleared_away(landed: Path) -> None:
    (landed / ERRORS).write_text("# ours, since then\n")
    head = commit(landed)
    assert run(landed).nothing
    assert git(landed, "rev-parse", "HEAD") == head
    assert read(landed, ERRORS) == "# ours, since then\n"
    assert not list((landed / ".git").glob("*groundplan*"))


def test_a_landing_that_was_not_cleared_away_is_taken_back(landed: Path) -> None:
    abort(landed)
    assert "# new" not in read(landed, ERRORS)
    assert git(landed, "status", "--porcelain") == ""


def test_taking_it_back_can_be_stopped_too(
    landed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*arguments: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(landing, "_renew_index", stops)
        with pytest.raises(Stopped):
            abort(landed)
    resume(landed, {})
    assert "# new" in read(landed, ERRORS)
    assert git(landed, "status", "--porcelain") == ""


def test_it_is_not_taken_back_from_under_later_work(landed: Path) -> None:
    (landed / "own.txt").write_text("ours\n")
    commit(landed)
    before = files(landed)
    with pytest.raises(ProjectError, match="the branch has moved") as error:
        abort(landed)
    assert "`groundplan update --continue` clears it away" in str(error.value)
    assert files(landed) == before
    assert git(landed, "status", "--porcelain") == ""
    resume(landed, {})
    assert files(landed) == before


def test_code_that_is_no_text_is_left_alone(place: Workplace) -> None:
    project = place.project()
    service = project / SOURCES / "statistics" / "service.py"
    content = b"# \xff\n" + service.read_bytes()
    service.write_bytes(content)
    commit(project)
    change_errors(place)
    run(project)
    assert service.read_bytes() == content


def test_a_folder_where_derived_code_has_a_file_is_a_refusal(
    place: Workplace,
) -> None:
    project = place.project()
    path = f"{SOURCES}/statistics/service.py"
    (project / path).unlink()
    (project / path).mkdir()
    (project / path / "own.py").write_text("OWN = 1\n")
    commit(project)
    change_errors(place)
    before = state(project)
    with pytest.raises(ProjectError, match=f"{path}: is a folder"):
        run(project)
    assert state(project) == before


def test_a_first_file_that_is_there_again_is_named(place: Workplace) -> None:
    project = place.project()
    path = f"{SOURCES}/statistics/service.py"
    (project / path).unlink()
    commit(project)
    change_errors(place)
    report = run(project)
    assert [note for note in report.notes if note.startswith(f"{path}: you had")]
    assert (project / path).is_file()


def test_without_a_pyproject_locks_are_a_step_by_hand(place: Workplace) -> None:
    project = place.project()
    (project / "pyproject.toml").unlink()
    commit(project)
    report = run(project, "observability=prometheus")
    assert any("pyproject.toml: is not there" in step for step in report.steps)


def test_two_files_never_become_one(place: Workplace) -> None:
    project = place.project()
    own = project / "src" / "store" / "main.py"
    own.parent.mkdir()
    own.write_text("OWN = 1\n")
    commit(project)
    before = state(project)
    with pytest.raises(ProjectError, match=r"src/store/main\.py: is there already"):
        run(project, "package=store")
    assert state(project) == before
    assert moved({"src/a/x": 1, "src/b/y": 2}, "a", "b") == {"src/b/x": 1, "src/b/y": 2}


def test_the_sample_s_overlay_follows_answers_beside_an_edited_contract(
    place: Workplace,
) -> None:
    project = place.project(sample=True)
    edit(project, "contracts/openapi.yaml", "openapi:", "# ours\nopenapi:")
    commit(project)
    run(project, "auth=none")
    assert "# ours\n" in read(project, "contracts/openapi.yaml")
    assert read(project, "contracts/overlay.yaml") == read(
        place.project("fresh", sample=True, auth="none"), "contracts/overlay.yaml"
    )


def test_words_in_actions_that_go_are_told(place: Workplace) -> None:
    project = place.project()
    overlay = project / "contracts" / "overlay.yaml"
    lines = overlay.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if "update:" in line)
    lines.insert(at, "    # why, in our words")
    overlay.write_text("\n".join(lines) + "\n", "utf-8")
    commit(project)
    report = run(project, "error_format=envelope")
    kept = "# why, in our words" in overlay.read_text("utf-8")
    told = any("# why, in our words" in step for step in report.steps)
    assert kept or told
    assert dropped("a\nb\n# c\n", "a\n", "b\n") == ["# c"]
    shutil.rmtree(project)
