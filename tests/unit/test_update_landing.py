"""The checkout moves whole or not at all, whatever stops an update on its way."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from groundplan import landing
from groundplan.errors import GroundplanError, ProjectError
from groundplan.update import abort, resume

from ..checkout import Checkout, checkout
from .test_update import ERRORS, SOURCES
from .updates import (
    PACKAGE,
    Store,
    Workplace,
    commit,
    edit,
    files,
    git,
    read,
    run,
    state,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(3.5),
    pytest.mark.xdist_group("update"),
]
STATE = ".git/groundplan-update/state.json"


@pytest.fixture
def project(place: Workplace) -> Path:
    """A project with an edit, whose template has changed, dropped and added files."""
    project = place.project()
    edit(project, "README.md", "# Shop", "# Our shop")
    (project / ".gitignore").write_text(read(project, ".gitignore") + "/private/\n")
    commit(project)
    (project / "private").mkdir()
    (project / "private" / "key").write_text("ignored\n")
    (project / "notes.txt").write_text("untracked\n")
    platform = place.template / PACKAGE / "platform"
    edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
    (platform / "cursors.py").unlink()
    (platform / "extra.py").write_text("EXTRA = 1\n")
    place.release()
    return project


class Stopped(BaseException):
    """What stands for the end of the process."""


def test_what_git_does_not_know_stays(project: Path) -> None:
    run(project)
    assert read(project, "private/key") == "ignored\n"
    assert read(project, "notes.txt") == "untracked\n"
    assert not (project / SOURCES / "platform/cursors.py").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_in_the_way_is_a_refusal(project: Path, kind: str) -> None:
    way = project / SOURCES / "platform" / "extra.py"
    named = f"{SOURCES}/platform/extra.py"
    match kind:
        case "file":
            way.write_text("mine\n")
        case "folder":
            way.mkdir()
            (way / "mine").write_text("mine\n")
            named += "/mine"
        case "link":
            way.symlink_to("nowhere")
    with (project / ".git/info/exclude").open("a") as file:
        file.write("extra.py\n")  # ignored files are no less in the way
    before = state(project)
    with pytest.raises(ProjectError, match=f"{named}: is in the way") as error:
        run(project)
    assert "Nothing was changed" in str(error.value)
    assert state(project) == before


def test_an_edit_that_git_does_not_see_is_a_refusal(project: Path) -> None:
    git(project, "update-index", "--assume-unchanged", ERRORS)
    (project / ERRORS).write_text("# hidden\n")
    before = state(project)
    with pytest.raises(ProjectError, match=f"{ERRORS}: has uncommitted changes"):
        run(project)
    assert state(project) == before


def test_a_command_of_git_that_holds_the_index_is_waited_for(project: Path) -> None:
    (project / ".git" / "index.lock").touch()
    before = state(project)
    with pytest.raises(ProjectError, match="another command of git"):
        run(project)
    assert state(project) == before


STEPS = ["_write", "_renew_index", "release", "_remove"]


def stop_at(
    step: str, project: Path, patch: pytest.MonkeyPatch, *, after: bool = False
) -> None:
    """Run an update that ends, as if killed, at a step of the landing."""
    real = getattr(landing, step)

    def stops(*arguments: object) -> None:
        if after:
            real(*arguments)
        raise Stopped

    with patch.context() as context:
        context.setattr(landing, step, stops)
        with pytest.raises(Stopped):
            run(project)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_landing_that_was_stopped_can_be_taken_back(
    project: Path, step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, head = files(project), git(project, "rev-parse", "HEAD")
    stop_at(step, project, monkeypatch, after=after)
    if not (project / STATE).exists():  # all was done, and cleared away on its way out
        assert git(project, "rev-parse", "HEAD~1") == head
        assert git(project, "status", "--porcelain") == "?? notes.txt"
        assert (step, after) == ("_renew_index", True)
        return
    if '"landing"' in read(project, STATE):  # else all is done but the clearing away
        with pytest.raises(GroundplanError, match="interrupted while it") as error:
            run(project)
        assert "--continue" in str(error.value) and "--abort" in str(error.value)
    abort(project)
    assert files(project) == work
    assert git(project, "rev-parse", "HEAD") == head
    assert git(project, "status", "--porcelain") == "?? notes.txt"
    assert not list((project / ".git").glob("*groundplan*"))


def test_a_landing_that_was_stopped_goes_on(
    place: Workplace, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in STEPS:
        folder = project.parent / f"project{step}"
        shutil.copytree(project, folder, symlinks=True)
        stop_at(step, folder, monkeypatch)
        report = resume(folder, {})
        assert git(folder, "rev-parse", "HEAD") == report.commit
        assert git(folder, "status", "--porcelain") == "?? notes.txt"
        assert "# new" in read(folder, ERRORS)
        assert git(folder, "fsck", "--no-dangling") == ""
    run(project)
    assert files(folder) == files(project)


def test_a_file_that_was_changed_since_is_not_overwritten(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at("_renew_index", project, monkeypatch)
    (project / ERRORS).write_text("# mine, since then\n")
    for what in (abort, lambda folder: resume(folder, {})):
        with pytest.raises(ProjectError, match=f"{ERRORS}: was changed since"):
            what(project)
    assert read(project, ERRORS) == "# mine, since then\n"
    (project / ERRORS).unlink()
    abort(project)
    assert git(project, "status", "--porcelain") == "?? notes.txt"


DELAYS = random.Random(5)
KILLS = 40 if os.environ.get("KILLS") == "all" else 2


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout(tmp_path_factory.mktemp("source") / "groundplan")


@pytest.fixture(scope="module")
def begun(source: Checkout, store: Store) -> tuple[Path, float]:
    """A project whose template has moved on, and the seconds of its update."""
    folder = source.folder.parent
    with pytest.MonkeyPatch.context() as patch:
        workplace = Workplace(folder / "place", store, patch)
        shutil.rmtree(workplace.template)
        workplace.template = source.folder
        git(source.folder, "tag", "v1.0.0")
        made = workplace.project()
    edit(source.folder, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
    (source.folder / PACKAGE / "platform" / "cursors.py").unlink()
    workplace.release()
    twin = shutil.copytree(made, folder / "twin")
    start = time.monotonic()
    subprocess.run([source.command, "update"], cwd=twin, check=True)
    return made, time.monotonic() - start


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_moment_it_is_as_it_was_or_can_be(
    source: Checkout, begun: tuple[Path, float], tmp_path: Path, number: int
) -> None:
    """SIGKILL to the command and all that it started; the moments are drawn."""
    made, seconds = begun
    project = shutil.copytree(made, tmp_path / "project")
    work, head = files(project), git(project, "rev-parse", "HEAD")
    process = subprocess.Popen(
        [source.command, "update"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None and not (project / STATE).exists():
        time.sleep(0.005)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds * DELAYS.random())
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if (project / STATE).exists():
        if number % 2:
            with contextlib.suppress(ProjectError):  # it had changed nothing yet
                resume(project, {})
        else:
            abort(project)
    assert git(project, "status", "--porcelain") == ""
    assert not (project / STATE).exists()
    assert git(project, "worktree", "list").count("\n") == 0
    if git(project, "rev-parse", "HEAD") == head:
        assert files(project) == work
    else:
        assert "# new" in read(project, ERRORS)
        assert not (project / SOURCES / "platform/cursors.py").exists()
