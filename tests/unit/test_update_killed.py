"""kill -9 at everything that an update does to the world: nothing is half, or left."""

import contextlib
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from groundplan import rerender, update
from groundplan.errors import ConflictError, GroundplanError, ProjectError, ToolError
from groundplan.rerender import Rerendered
from groundplan.update import abort, resume
from groundplan.update_report import Report

from . import kills
from .edit_sets import File, committed
from .kills import How, Kill
from .test_update import ERRORS
from .updates import (
    PACKAGE,
    TEMPLATE,
    Store,
    Workplace,
    commit,
    edit,
    files,
    git,
    state,
)
from .updates import run as updated

# Some on every run, all with KILLS=all (`make nightly`).
ALL = os.environ.get("KILLS") == "all"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    pytest.mark.minutes(1),
    pytest.mark.xdist_group("update-killed"),
]
UNTRACKED = "?? notes.txt"
Way = Callable[[Path], object]


@dataclass(frozen=True)
class Ground:
    """A project whose update goes through, and one whose update has conflicts."""

    template: Path
    clean: Path
    torn: Path
    result: dict[str, File]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    with pytest.MonkeyPatch.context() as patch:
        place = Workplace(folder, Store(folder / "store"), patch)
        _remember(patch)
        project = place.project()
        edit(project, "README.md", "# Shop", "# Our shop")
        ignored = project / ".gitignore"
        ignored.write_text(ignored.read_text() + "/private/\n")
        commit(project)
        (project / "private").mkdir()
        (project / "private" / "key").write_text("ignored\n")
        (project / "notes.txt").write_text("untracked\n")
        platform = place.template / PACKAGE / "platform"
        edit(place.template, f"{PACKAGE}/platform/errors.py", "import", "# new\nimport")
        edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")
        (platform / "cursors.py").unlink()
        (platform / "extra.py").write_text("EXTRA = 1\n")
        place.release()
        torn = shutil.copytree(project, folder / "torn", symlinks=True)
        edit(torn, "README.md", "## Run it", "## Our way")
        git(torn, "commit", "--quiet", "--all", "--message", "Edit")
        updated(torn, plan=True)
        twin = shutil.copytree(project, folder / "twin", symlinks=True)
        updated(twin)
        yield Ground(place.template, project, torn, committed(twin))


def _remember(patch: pytest.MonkeyPatch) -> None:
    """Render both states once: nothing of it is in the project or beside it."""
    known: dict[str, Rerendered] = {}
    real = rerender.rerender

    def remembered(*arguments: object) -> Rerendered:
        key = repr(arguments)
        if key not in known:
            known[key] = real(*arguments)  # type: ignore[arg-type]
        return known[key]

    patch.setattr(update, "rerender", remembered)


@dataclass
class Trial:
    """A copy of a project, to be killed over and over."""

    ground: Ground
    made: Path
    folder: Path
    head: str = ""

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def renew(self) -> Path:
        """The project as it was."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copytree(self.made, self.project, symlinks=True)
        self.head = git(self.project, "rev-parse", "HEAD")
        return self.project

    def check(self, told: str) -> bool:
        """Assert that nothing is half and nothing left; whether the update is there."""
        beside = [path.name for path in self.folder.iterdir()]
        assert beside == ["project"], told
        git_folder = self.project / ".git"
        strays = [*git_folder.rglob("*.lock"), *git_folder.rglob("*groundplan*")]
        assert not [path for path in strays if path.is_file()], f"{strays} {told}"
        assert not (git_folder / "worktrees").exists(), told
        assert git(self.project, "for-each-ref").count("refs/") == 1, told
        assert git(self.project, "status", "--porcelain") == UNTRACKED, told
        now = git(self.project, "rev-parse", "HEAD")
        if now == self.head:
            assert files(self.project) == files(self.made), told
            return False
        assert git(self.project, "rev-parse", "HEAD~1") == self.head, told
        assert committed(self.project) == self.ground.result, told
        kept = ("notes.txt", "private/key")
        now_there, before = files(self.project), files(self.made)
        assert [now_there[path] for path in kept] == [before[path] for path in kept]
        return True


@pytest.fixture
def clean(ground: Ground, tmp_path: Path) -> Trial:
    return Trial(ground, ground.clean, tmp_path / "trial")


@pytest.fixture
def torn(ground: Ground, tmp_path: Path) -> Trial:
    return Trial(ground, ground.torn, tmp_path / "trial")


def patiently(way: Way, project: Path) -> object:
    """Do something, as soon as a git that outlived its parent is done.

    A lock that a killed git has left is named by the error, and is removed here as the
    error says.
    """
    for _ in range(1000):
        try:
            return way(project)
        except ToolError as error:
            locks = (project / ".git").rglob("*.lock")
            (lock,) = [path for path in locks if str(path) in str(error)]
            assert "remove it" in str(error)
            lock.unlink()
        except ProjectError as error:
            if "an update is running" not in str(error):
                raise
            time.sleep(0.01)
    raise AssertionError("it never ended")


def go_on(project: Path) -> Report:
    return resume(project, {})


def taken_back(trial: Trial, told: str) -> None:
    """Take an update back that may have been about to begin, or to land."""
    try:
        patiently(abort, trial.project)
    except ProjectError as error:  # it had not begun, or was all done
        assert "no update is in progress" in str(error), told
        trial.check(told)
    else:
        assert not trial.check(told), told


def finished(trial: Trial, told: str) -> None:
    """Finish an update, or begin another where there was nothing to finish."""
    try:
        patiently(go_on, trial.project)
    except ProjectError as error:
        assert "no update is in progress" in str(error) or "run it again" in str(error)
        if not trial.check(told):
            patiently(updated, trial.project)
    assert trial.check(told), told


def begun_again(trial: Trial, told: str) -> None:
    """Update once more; where that is refused, do what it says."""
    try:
        patiently(updated, trial.project)
    except ProjectError as error:
        assert "was interrupted while it changed the checkout" in str(error), told
        patiently(go_on, trial.project)
    assert trial.check(told), told


WAYS = [taken_back, finished, begun_again]


def effects(trial: Trial, action: Way) -> list[str]:
    """All that an action does, when nothing stops it."""
    project = trial.renew()
    return kills.run(lambda: action(project), trial.folder, None)


def chosen(numbers: list[int], some: int) -> list[int]:
    """All moments, or some of them that are always the same."""
    return numbers if ALL else sorted(random.Random(9).sample(numbers, some))


def _changes(what: str) -> bool:
    """Whether there is anything else after an effect than before it."""
    asking = ("rev-parse", "config", "ls-tree", "cat-file", "hash-object")
    return not what.startswith(tuple(f"git {word}" for word in asking))


def landing(done: list[str]) -> int:
    """The first moment of the landing: git's lock on the index is taken."""
    return next(n for n, what in enumerate(done) if what.startswith("os.link"))


def test_before_every_step_of_the_landing(clean: Trial) -> None:
    done = effects(clean, updated)
    assert clean.check("not killed")
    first = landing(done)
    moments = [n for n in range(first, len(done)) if ALL or _changes(done[n - 1])]
    assert len(moments) > 20
    for number in moments:
        for way in WAYS if ALL else [WAYS[number % 3]]:
            project = clean.renew()
            kills.run(lambda p=project: updated(p), clean.folder, Kill(number))  # type: ignore[misc]
            way(clean, f"{number} {done[number]}, {way.__name__}")


def test_before_anything_is_changed(clean: Trial) -> None:
    done = effects(clean, updated)
    for number in chosen([*range(landing(done))], 6):
        project = clean.renew()
        before = state(project)
        kills.run(lambda p=project: updated(p), clean.folder, Kill(number))  # type: ignore[misc]
        now = {p: f for p, f in state(project).items() if _is_of_the_project(p)}
        assert now == {p: f for p, f in before.items() if _is_of_the_project(p)}
        way = WAYS[number % 3]
        way(clean, f"{number} {done[number]}, {way.__name__}")


def _is_of_the_project(path: str) -> bool:
    return not path.startswith((".git/groundplan-update/", ".git/worktrees/"))


@pytest.mark.parametrize("how", [How.WITH_GIT, How.ALONE])
def test_while_git_is_at_work(clean: Trial, how: How) -> None:
    done = effects(clean, updated)
    gits = [number for number, what in enumerate(done) if what.startswith("git ")]
    last = [number for number in gits if number >= landing(done)]
    early = [number for number in gits if number not in last]
    draw = random.Random(how)
    last = [number for number in last if ALL or _changes(done[number])]
    for number in [*chosen(early, 5), *last]:
        project = clean.renew()
        kill = Kill(number, how, draw.random() * 0.008)
        kills.run(lambda p=project, k=kill: updated(p), clean.folder, kill)  # type: ignore[misc]
        way = WAYS[number % 3]
        way(clean, f"{kill} {done[number]}, {way.__name__}")


@pytest.mark.parametrize("second", [go_on, abort])
def test_what_mends_it_is_killed_too(clean: Trial, second: Way) -> None:
    done = effects(clean, updated)
    draw = random.Random(3)
    for _ in range(60 if ALL else 4):
        number = draw.randrange(landing(done) + 2, len(done))
        project = clean.renew()
        kills.run(lambda p=project: updated(p), clean.folder, Kill(number))  # type: ignore[misc]
        again = Kill(draw.randrange(20))
        with contextlib.suppress(AssertionError):  # nothing was left to be done
            kills.run(lambda p=project: second(p), clean.folder, again)  # type: ignore[misc]
        way = draw.choice(WAYS)
        way(clean, f"{number} {done[number]}, {again}, {way.__name__}")


def what_is_done(last: str) -> bool:
    """Whether nothing of an update is left but the folder that it had."""
    return last.endswith(("groundplan-update", "groundplan-update/state.json"))


def solved(project: Path) -> None:
    side = project.with_name("project-groundplan-update")
    (side / "README.md").write_text("# Solved\n")
    git(side, "add", "README.md")


def test_where_conflicts_are_solved(torn: Trial) -> None:
    def update_to_conflicts(project: Path) -> None:
        assert updated(project).conflicts

    def finish(project: Path) -> None:
        update_to_conflicts(project)
        solved(project)
        go_on(project)

    done = effects(torn, finish)
    until = next(n for n, what in enumerate(done) if "README.md" in what)
    for number in chosen([*range(len(done))], 8):
        project = torn.renew()
        kills.run(lambda p=project: finish(p), torn.folder, Kill(number))  # type: ignore[misc]
        told = f"{number} of {until}, {len(done)}: {done[number]}"
        if number % 2:
            try:
                patiently(abort, project)
            except ProjectError as error:  # it had not begun, or was all done
                assert "no update is in progress" in str(error), told
            if git(project, "rev-parse", "HEAD") == torn.head:
                assert files(project) == files(torn.made), told
            else:
                assert what_is_done(done[number - 1]), told
                assert (project / "README.md").read_text() == "# Solved\n", told
        else:
            with contextlib.suppress(GroundplanError):
                patiently(go_on, project)
            with contextlib.suppress(ProjectError):
                patiently(updated, project)
            try:
                patiently(go_on, project)
            except ConflictError:
                solved(project)
                patiently(go_on, project)
            except ProjectError as error:
                assert "no update is in progress" in str(error), told
            assert (project / "README.md").read_text() == "# Solved\n", told
            assert "# new" in (project / ERRORS).read_text(), told
        assert git(project, "status", "--porcelain") == UNTRACKED, told
        assert [path.name for path in torn.folder.iterdir()] == ["project"], told
        assert not [*(project / ".git").rglob("*groundplan*")], told
        assert not [*(project / ".git").rglob("*.lock")], told
