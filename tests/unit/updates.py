"""Two versions of the template, projects made from them, and updates in between."""

import contextlib
import gc
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml

from groundplan import cli, rerender, source
from groundplan import project as projects_module
from groundplan.answers import Answer, presets
from groundplan.rerender import Wish
from groundplan.update import update
from groundplan.update_report import Report
from groundplan.workspace import ANSWERS

from .projects import shelf, written

TEMPLATE = "template/layers/[= stack_fastapi =]"
PACKAGE = f"{TEMPLATE}/src/[= package =]"
REPOSITORY = Path(__file__).parents[2]
PARTS = ("copier.yml", "template", "presets")
Answers: TypeAlias = Mapping[str, Answer]
IDENTITY: Answers = {
    "project_name": "Shop",
    "package": "shop",
    "description": "A shop.",
}


def git(folder: Path, *arguments: str) -> str:
    """What git prints. Raises CalledProcessError."""
    options = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
    command = ["git", *options, "-c", "commit.gpgsign=false", *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "Work") -> str:
    """Commit everything; the commit's id."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def template(folder: Path) -> Path:
    """A repository with the template of this tree, tagged v1.0.0."""
    folder.mkdir(parents=True)
    for name in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=ignored)
        else:
            shutil.copyfile(path, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "First")
    git(folder, "tag", "v1.0.0")
    return folder


def edit(folder: Path, path: str, old: str, new: str) -> None:
    """Replace a text in a file, which has it."""
    content = (folder / path).read_bytes().decode("utf-8")
    assert old in content, f"{path} has no {old!r}"
    (folder / path).write_bytes(content.replace(old, new, 1).encode("utf-8"))


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of every file of a checkout, of its branches, and of its index.

    Objects and logs of git are left out: they may grow.
    """
    left_out = ("objects/", "logs/", "COMMIT_EDITMSG")
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.removeprefix(".git/").startswith(left_out) and name[:5] == ".git/":
            continue
        if path.is_symlink():
            found[name] = (0, str(path.readlink()).encode())
        elif path.is_file():
            found[name] = (path.stat().st_mode & 0o777, path.read_bytes())
    return found


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """The files of a project, without those of git."""
    return {p: f for p, f in state(folder).items() if not p.startswith(".git/")}


def compared(folder: Path) -> dict[str, tuple[int, bytes]]:
    """What has to be as in a fresh project: all but revisions and answers."""
    found = files(folder)
    return {
        path: file
        for path, file in found.items()
        if not re.match(r"migrations/\w+/(versions/|tables)", path) and path != ANSWERS
    }


def answers(folder: Path) -> dict[str, object]:
    """The recorded answers of a project."""
    data = yaml.safe_load(read(folder))
    assert isinstance(data, dict)
    return data


class Edits:
    """What a team did: a module of its own, and lines in files of ours."""

    OWN = "src/shop/platform/own.py"
    LINES = (
        ("README.md", "## Work on it", "## Work on it\n\nAsk Ada first."),
        ("src/shop/platform/errors.py", "class AppError", "# ours\nclass AppError"),
    )

    def make(self, project: Path) -> None:
        """Edit and commit."""
        (project / self.OWN).write_text("OWN = 1\n")
        for path, old, new in self.LINES:
            edit(project, path, old, new)
        commit(project)

    def are_in(self, fresh: Path) -> dict[str, tuple[int, bytes]]:
        """What is compared of a fresh project, with the edits in it."""
        expected = compared(fresh)
        expected[self.OWN] = (0o644, b"OWN = 1\n")
        for path, old, new in self.LINES:
            mode, content = expected[path]
            edited = content.replace(old.encode(), new.encode(), 1)
            expected[path] = (mode, edited)
        return expected


class Store:
    """What tests begin with, made once: a template, projects, and what Copier renders.

    Copies are worked on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = template(folder / "template")
        self._projects: dict[str, Path] = {}
        self._renders: dict[str, Path] = {}
        self._render = projects_module.render

    def project(self, contract: Mapping[str, object] | None, answers: Answers) -> Path:
        """A new project, in no repository; without a contract it is the sample."""
        key = yaml.safe_dump([contract, dict(answers)])
        if key not in self._projects:
            place = self.folder / f"project-{len(self._projects)}"
            path = written(place / "contract", dict(contract)) if contract else None
            made = projects_module.create(place / "made", answers, path, ask=False)
            shutil.rmtree(made.folder / ".git")
            self._projects[key] = made.folder
        return self._projects[key]

    def render(
        self, target: Path, answers: Mapping[str, object], template: Path | None = None
    ) -> None:
        """What Copier renders of a template and answers."""
        key = _digest(template or source.repository()) + yaml.safe_dump(dict(answers))
        if key not in self._renders:
            place = self.folder / f"rendered-{len(self._renders)}"
            self._render(place, answers, template)
            self._renders[key] = place
        shutil.copytree(self._renders[key], target)


class Workplace:
    """A folder with a template that moves on, and projects made from it."""

    def __init__(self, folder: Path, store: Store, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.store = store
        self.template = folder / "template"
        patch.setattr(source, "repository", lambda: self.template)
        patch.setattr(rerender, "render", store.render)
        shutil.copytree(store.template, self.template)

    def project(
        self,
        name: str = "project",
        *,
        preset: str = "starter",
        sample: bool = False,
        repository: bool = True,
        **answers: Answer,
    ) -> Path:
        """A project of a preset and of the shelf's contract, or the sample shop."""
        given = {**IDENTITY, **presets()[preset].answers, **answers}
        made = self.store.project(None if sample else shelf(), given)
        folder = self.folder / name
        shutil.copytree(made, folder)
        known = re.sub(
            "^_src_path: .*", f"_src_path: {self.template}", read(folder), flags=re.M
        )
        (folder / ANSWERS).write_text(known, "utf-8")
        if repository:
            git(folder, "init", "--quiet", "--initial-branch=main")
            commit(folder, "First")
        return folder

    def release(self, tag: str = "v2.0.0") -> None:
        """Commit what was changed in the template as another version."""
        commit(self.template, tag)
        git(self.template, "tag", tag)


def read(folder: Path, path: str = ANSWERS) -> str:
    """The text of a file of a project."""
    return (folder / path).read_bytes().decode("utf-8")


def run(folder: Path, *sets: str, plan: bool = False, **wish: object) -> Report:
    """Update a project."""
    return update(folder, Wish(sets=sets, **wish), plan=plan)  # type: ignore[arg-type]


def command(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit status of `groundplan update` and all that it prints."""
    told, before, arguments_before = io.StringIO(), Path.cwd(), sys.argv
    os.chdir(folder)
    sys.argv = ["groundplan", "update", *arguments]
    try:
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            cli.main()
    except SystemExit as stopped:
        return int(stopped.code or 0), told.getvalue()
    finally:
        os.chdir(before)
        sys.argv = arguments_before
        gc.enable()
    return 0, told.getvalue()


def _digest(template: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted([template / "copier.yml", *(template / "template").rglob("*")]):
        if path.is_file():
            name = path.relative_to(template).as_posix()
            digest.update(f"{name}\0{path.stat().st_mode}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
