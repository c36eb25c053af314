"""Edits that nobody has thought of, drawn by seeds: an update loses none of them."""

import functools
import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from groundplan import generate, source, workspace
from groundplan.answers import Answer
from groundplan.python_text import clean
from groundplan.workspace import ANSWERS, Owner

from .edit_sets import Edits, File, Files, Team, committed, output, staged
from .updates import (
    PACKAGE,
    TEMPLATE,
    Store,
    Workplace,
    command,
    commit,
    edit,
    git,
    state,
)

# Each on every run, more of them with EDIT_SETS=200 (`make nightly`).
SETS = int(os.environ.get("EDIT_SETS") or 20)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    pytest.mark.xdist_group("update-edits"),
]
LOCKS = ("requirements.lock", "requirements-dev.lock")
MARK = re.compile(rb"^(?:<{7}|>{7}) .*$", re.MULTILINE)
HUNK = re.compile(
    rb"(?P<before>(?:.*\n){0,3})^<{7} .*\n(?P<ours>(?:(?!<{7} ).*\n)*?)={7}\n"
    rb"(?:.*\n)*?>{7} .*\n(?=(?P<after>(?:.*\n){0,3}))",
    re.MULTILINE,
)


def release(place: Workplace) -> None:
    """A version that changes, adds, drops, renames and moves files."""
    package = place.template / PACKAGE
    platform = package / "platform"
    for number, path in enumerate(sorted(platform.glob("*.py"))):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        if number % 3 == 0:
            at = len(lines) * (number % 5) // 4
            while at < len(lines) and lines[at - 1].endswith("\\\n"):
                at += 1
            lines.insert(at, "# of the new version\n")
        elif number % 3 == 1 and len(lines) > 30:
            del lines[-2:]
            lines[0] = lines[0].replace('"""', '"""New. ', 1)
        path.write_text("".join(lines), "utf-8")
    (platform / "errors.py").rename(platform / "faults.py")
    (platform / "cursors.py").unlink()
    (platform / "extra.py").write_text("EXTRA = 1\n")
    (platform / "pages").mkdir()
    (platform / "pages.py").rename(platform / "pages" / "__init__.py")
    for path in place.template.rglob("move_data"):
        if path.is_dir():
            path.rename(path.with_name("moving"))
    for path in place.template.rglob("test_paths.py"):
        path.unlink()
    edit(place.template, f"{TEMPLATE}/README.md.jinja", "## Run it", "## Start it")
    edit(place.template, f"{TEMPLATE}/README.md.jinja", "# ", "# The ")
    for path in place.template.rglob("generator_source.py"):
        path.chmod(path.stat().st_mode ^ 0o111)
    place.release()


@dataclass
class Ground:
    """A project and an update of it: what it makes of a project that nobody edited."""

    project: Path
    template: Path
    options: tuple[str, ...]
    derived: set[str] = field(default_factory=set)
    before: dict[str, File] = field(default_factory=dict)
    after: dict[str, File] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)


WAYS: dict[str, tuple[bool, Mapping[str, Answer], tuple[str, ...]]] = {
    "version": (True, {"observability": ["prometheus"]}, ()),
    "login-off": (False, {"sample": True}, ("--set", "auth=none")),
    "other-parts": (
        False,
        {"observability": ["prometheus"], "ci": "github"},
        ("--set=database=postgres", "--set=observability=sentry", "--set=ci=none"),
    ),
    "both": (True, {}, ("--preset", "rest-monolith")),
}
CASES = [(number, [*WAYS][number % len(WAYS)]) for number in range(SETS)]


class Grounds:
    """The grounds by name, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "store")

    @functools.cache  # noqa: B019  (there is one, for a module)
    def __getitem__(self, name: str) -> Ground:
        moves_on, answers, options = WAYS[name]
        folder = self.folder / name
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            place = Workplace(folder, self.store, patch)
            project = place.project(**answers)  # type: ignore[arg-type]
            if moves_on:
                release(place)
            ground = Ground(project, place.template, options)
            twin = shutil.copytree(project, folder / "twin")
            status, text = command(twin, *options)
            assert status == 0, text
            for made in (project, twin):
                files = generate.plan(workspace.open_project(made))
                ground.derived |= {
                    str(f.path) for f in files if f.owner is Owner.DERIVED
                }
        ground.before, ground.after = committed(project), committed(twin)
        ground.derived |= {ANSWERS, *LOCKS}
        ground.renames = renamed(twin)
        return ground

    def activate(self, ground: Ground, patch: pytest.MonkeyPatch) -> None:
        """Have the running command be the version that the ground is updated to."""
        from groundplan import rerender

        patch.setattr(source, "repository", lambda: ground.template)
        patch.setattr(rerender, "render", self.store.render)


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    return Grounds(tmp_path_factory.mktemp("grounds"))


@dataclass
class Trial:
    """A project with edits, and what is to be seen of it after an update."""

    folder: Path
    ground: Ground
    edits: Edits
    renames: Mapping[str, str]
    team: Files
    draw: random.Random


@pytest.fixture
def trial(
    grounds: Grounds,
    number: int,
    way: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Trial]:
    ground = grounds[way]
    grounds.activate(ground, monkeypatch)
    folder = shutil.copytree(ground.project, tmp_path / "project", symlinks=True)
    draw = random.Random(f"{way} {number}")
    editable = sorted(ground.before.keys() - ground.derived)
    moving = [p for p in editable if ground.after.get(p) != ground.before[p]]
    edits = Team(folder, editable, moving, draw).work(draw.randint(3, 12))
    commit(folder, "Edits")
    (folder / "notes.txt").write_text("untracked\n")
    yield Trial(folder, ground, edits, renamed(folder), committed(folder), draw)


@pytest.mark.parametrize(("number", "way"), CASES)
def test_no_edit_is_lost(trial: Trial) -> None:
    folder = trial.folder
    start, head = state(folder), git(folder, "rev-parse", "HEAD")
    status, text = command(folder, *trial.ground.options)
    told = "\n".join([*trial.edits.done, text])
    if status == 4:  # where derived code imports a file, a folder cannot be
        assert "is a folder, where a file has to be" in text, told
        assert state(folder) == start, told
        return
    assert status in (0, 6, 7), told
    if status == 7:
        side = Path(re.search(r"Solve the conflicts in (.*)", text)[1])  # type: ignore[index]
        waits = {
            path: found
            for path, found in state(folder).items()
            if not path.startswith((".git/groundplan-update/", ".git/worktrees/"))
        }
        assert waits == start, told
        unmerged = set(
            output(side, "diff", "--name-only", "--diff-filter=U", "-z")
            .decode("utf-8", "surrogateescape")
            .split("\0")
        ) - {""}
        assert unmerged, told
        assert all(clean(path) in text for path in unmerged), told
        kept_apart(trial, side, unmerged, told)
        arrived(trial, staged(side), text, told, unmerged)
        found = on_disk(side)
        there(trial, found, text, told)
        assert command(folder, *trial.ground.options)[0] == 4
        assert command(folder, "--continue")[0] == 7
        if trial.draw.random() < 0.5:
            assert command(folder, "--abort")[0] == 0
            assert state(folder) == start, told
            assert not side.exists()
            return
        solve(side, unmerged)
        status, more = command(folder, "--continue")
        told += more
        if status == 4:
            assert "is a folder, where a file has to be" in more, told
            assert command(folder, "--abort")[0] == 0
            assert state(folder) == start, told
            return
        assert status in (0, 6), told
        text += more
        assert not side.exists()
    else:
        unmerged = set()
    assert git(folder, "status", "--porcelain") == "?? notes.txt", told
    assert git(folder, "rev-parse", "HEAD~1") == head
    assert not list((folder / ".git").glob("*groundplan*"))
    assert git(folder, "worktree", "list").count("\n") == 0
    result = committed(folder)
    assert result == {p: f for p, f in on_disk(folder).items() if p != "notes.txt"}
    there(trial, result, text, told)
    arrived(trial, result, text, told, unmerged)
    known = marks(trial.team).values()
    marked = {path: line for path, line in marks(result).items() if line not in known}
    assert not marked, f"{marked} {told}"
    undo = re.search(r"To undo it all: git (.*)", text)
    assert undo
    git(folder, *undo[1].split())
    assert committed(folder) == trial.team
    assert git(folder, "status", "--porcelain") == "?? notes.txt", told


def renamed(folder: Path) -> dict[str, str]:
    """The old names of files that the last commit has renamed, by the new ones."""
    told = output(
        folder, "diff", "-M", "--diff-filter=R", "--name-status", "-z", "HEAD~1", "HEAD"
    )
    words = [os.fsdecode(word) for word in told.split(b"\0")]
    return dict(zip(words[2::3], words[1::3], strict=False))


def there(trial: Trial, files: Files, text: str, told: str) -> None:
    """Assert that all that the team wrote is somewhere in files, or told."""
    contents = [content for _, content in files.values()]
    every = b"\n".join(contents)
    lost = [word for word in trial.edits.words if word not in every + text.encode()]
    lost += [content for content in trial.edits.contents if content not in contents]
    assert not lost, f"{lost} {told}"


def arrived(
    trial: Trial, files: Files, text: str, told: str, unmerged: set[str]
) -> None:
    """Assert that what one side changed is as that side has it, or that it is named."""
    ground = trial.ground
    wrong = []
    for path in ground.before.keys() | ground.after.keys() | trial.team.keys():
        before, after = ground.before.get(path), ground.after.get(path)
        team, found = trial.team.get(path), files.get(path)
        if path in ground.derived or path in unmerged or clean(path) in text:
            continue
        if (known := ground.renames.get(path)) and (
            trial.team.get(known) != ground.before[known]
        ):
            continue  # it holds what the team had done to it before
        if known := trial.renames.get(path):
            plain = team == ground.before.get(known) and known in ground.after
            if plain and found != ground.after[known]:
                wrong.append(f"{path!r}: what is new in {known} is not there")
            continue
        if team == before and found != after:
            wrong.append(f"{path!r}: the new version's change is not there")
        elif before == after and found != team:
            wrong.append(f"{path!r}: is not as the team has it")
    assert not wrong, "\n".join([*wrong, told])


def kept_apart(trial: Trial, side: Path, unmerged: set[str], told: str) -> None:
    """Assert that no conflict is about lines that nobody on our side has touched."""
    # with marks of where a file begins and ends: what is gone there leaves no trace
    before = {
        b"\0" + content.replace(b"\r\n", b"\n") + b"\0"
        for _, content in trial.ground.before.values()
    }
    for path in unmerged:
        file = side / path
        if file.is_symlink() or not file.is_file():
            continue
        text = file.read_bytes().replace(b"\r\n", b"\n")
        for hunk in HUNK.finditer(text):
            first = b"\0" if hunk.start() == 0 else b""
            last = b"\0" if hunk.end("after") == len(text) else b""
            around = first + hunk["before"] + hunk["ours"] + hunk["after"] + last
            touched = not around or not any(around in content for content in before)
            assert touched, f"{path!r}: {hunk[0]!r} {told}"


def marks(files: Files) -> dict[str, list[bytes]]:
    """The lines that look like marks of a conflict, of the files that have some."""
    found = {path: MARK.findall(content) for path, (_, content) in files.items()}
    return {path: lines for path, lines in found.items() if lines}


def on_disk(folder: Path) -> dict[str, File]:
    """The files of a folder as git would have them."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name == ".git" or name.startswith(".git/"):
            continue
        if path.is_symlink():
            found[name] = ("120000", os.fsencode(path.readlink()))
        elif path.is_file():
            mode = "100755" if path.stat().st_mode & 0o100 else "100644"
            found[name] = (mode, path.read_bytes())
    return found


def solve(side: Path, unmerged: set[str]) -> None:
    """Keep both sides of every conflict."""
    for path in sorted(unmerged):
        file = side / path
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            if b"\0" not in content:
                plain = re.sub(
                    rb"^(<{7}|={7}|>{7})( .*)?\r?\n", b"", content, flags=re.M
                )
                file.write_bytes(plain)
        if os.path.lexists(file):
            output(side, "add", "--", f":(literal){path}")
        else:
            output(side, "rm", "--quiet", "--", f":(literal){path}")
