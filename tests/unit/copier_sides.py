"""The same story told to plain Copier and to `groundplan update`."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .updates import PACKAGE, Workplace, command, commit, edit, git

LINES = "".join(f"line {number}\n" for number in range(1, 41))
QUESTIONS = """\
_answers_file: .answers.yml
_subdirectory: files
parts:
  type: str
  multiselect: true
  default: []
  choices: [one, two]
"""
QUESTION = "template/questions/observability.yml"


@dataclass
class Side:
    """A template that moves on, a project of it, and the command that brings it on.

    `file` and `feature` are paths in the project: a file that always is there, and one
    that a switched-on feature has. `source` and `feature_source` are theirs in the
    template; `off` switches the feature off.
    """

    template: Path
    project: Path
    file: str
    feature: str
    source: Path
    feature_source: Path
    off: tuple[str, ...]

    def release(self) -> None:
        """Make what the template is now another version."""
        commit(self.template, "v2.0.0")
        git(self.template, "tag", "v2.0.0")

    def update(self, *options: str) -> tuple[int, str]:
        """The exit status of an update, and what it prints."""
        raise NotImplementedError

    def ask(self, line: str, instead: str) -> None:
        """Have another line in the question about parts, or about what is observed."""
        raise NotImplementedError


class Copier(Side):
    """`copier update`, on a template that has what the story needs."""

    def update(self, *options: str) -> tuple[int, str]:
        program = str(Path(sys.executable).with_name("copier"))
        words = [program, "update", "--defaults", "--answers-file=.answers.yml"]
        done = subprocess.run(
            [*words, *options],
            cwd=self.project,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def ask(self, line: str, instead: str) -> None:
        edit(self.template, "copier.yml", line, instead)


def copier(folder: Path) -> Copier:
    """A project by `copier copy`, its feature on."""
    template, project = folder / "template", folder / "project"
    files = template / "files"
    gated = files / "{% if 'one' in parts %}feature{% endif %}"
    gated.mkdir(parents=True)
    (template / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_conf.answers_file }}.jinja"
    (files / answers).write_text("{{ _copier_answers|to_nice_yaml }}")
    (files / "file.txt").write_text(LINES)
    (gated / "part.txt").write_text(LINES)
    git(template, "init", "--quiet", "--initial-branch=main")
    commit(template, "v1.0.0")
    git(template, "tag", "v1.0.0")
    program = str(Path(sys.executable).with_name("copier"))
    command = [program, "copy", "--defaults", "--quiet", "--data", "parts=[one,two]"]
    subprocess.run([*command, str(template), str(project)], check=True)
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, "First")
    return Copier(
        template,
        project,
        "file.txt",
        "feature/part.txt",
        files / "file.txt",
        gated / "part.txt",
        ("--data", "parts=[two]"),
    )


class Groundplan(Side):
    """`groundplan update`, on the real template."""

    def update(self, *options: str) -> tuple[int, str]:
        return command(self.project, *options)

    def ask(self, line: str, instead: str) -> None:
        edit(self.template, QUESTION, line, instead)


def groundplan(place: Workplace) -> Groundplan:
    """A project by `groundplan new`, its metrics on."""
    project = place.project(observability=["prometheus", "sentry"])
    platform = place.template / PACKAGE / "platform"
    (metrics,) = (
        path
        for path in place.template.rglob("platform/metrics.py.jinja")
        if "observability" in str(path)
    )
    return Groundplan(
        place.template,
        project,
        "src/shop/platform/health.py",
        "src/shop/platform/metrics.py",
        platform / "health.py",
        metrics,
        ("--set", "observability=sentry"),
    )


def verdict(side: Side, status: int, text: str, own: str, change: str) -> str:
    """What became of an edit, and of the new version's change, in words.

    `own` is a line that the team wrote, `change` one that the new version brings.
    """
    waits = re.search(r"Solve the conflicts in (.*)", text)
    if waits:
        beside = Path(waits[1])
        assert any(own.encode() in f for f in _contents(beside).values())
        assert git(side.project, "status", "--porcelain") == ""
        return f"status {status}: a conflict beside the checkout, which is as it was"
    found = _contents(side.project)
    at = [path for path, content in found.items() if own.encode() in content]
    if not at:
        return f"status {status}: the edit is gone"
    if any(b"<<<<<<< " in found[path] for path in at):
        return f"status {status}: marks of a conflict in the checkout"
    if all(path.endswith(".rej") for path in at):
        return f"status {status}: the edit is in a file `.rej` only"
    arrived = any(change.encode() in found[path] for path in at)
    return f"status {status}: " + (
        "edit and change are there" if arrived else "the edit is there, the change not"
    )


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
