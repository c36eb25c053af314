"""A project with edits and data, whose answers change again and again."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.answers import Answer

from ..checkout import REPOSITORY
from ..repositories import git
from ..run.conftest import Template, run
from .conftest import environment
from .team import Edits
from .walk import Walk, every_answer, walks

pytestmark = [pytest.mark.slow, pytest.mark.minutes(3)]

EVERY_CHANGE = (1, 2, 4)  # a seed, how many walks, and of how many steps
NIGHTLY = (2, 10, 8)
AT_NIGHT = bool(os.environ.get("LONG_WALKS"))
WALKS = [every_answer(1), *walks(*(NIGHTLY if AT_NIGHT else EVERY_CHANGE))]
CONTRACT = REPOSITORY / "tests" / "pairs" / "contract.yaml"
VISIT = Path(__file__).with_name("visit.py")
# What answers decide, and takes little time; at night all tests of the project run.
TESTS = """
    tests/books tests/shelves tests/test_contract.py tests/test_wiring.py
    tests/test_migrations.py tests/platform/test_database_url.py
    tests/platform/test_env_example.py tests/platform/test_error_format.py
    tests/platform/test_health.py
    """.split()


@dataclass
class Project:
    """A project on its way, with its database, its edits and what is stored."""

    template: Template
    folder: Path
    answers: dict[str, Answer]
    new_database: Callable[..., str]
    edits: Edits
    url: str
    accounts_at: str = ""
    known: dict[str, Any] = field(
        default_factory=lambda: {
            "books": [],
            "shelves": [],
            "accounts": [],
            "notes": None,
        }
    )

    def make(self, target: str, *variables: str, **more: str) -> str:
        """Run a make target with its database; fails with all that it says."""
        command = ["make", "--silent", target, f"GROUNDPLAN={self.template.command}"]
        given = environment(str(self.answers["package"]), self.url, **more)
        return run([*command, *variables], self.folder, given)

    def step(self, answers: dict[str, Answer]) -> None:
        """Change answers, do by hand what is said to be left, bring the rows over."""
        before, optional = self.answers, self.edits.there()
        changed = {k: v for k, v in answers.items() if v != before[k]}
        print(changed)
        file = self.folder.with_suffix(".yml")
        file.write_text(yaml.safe_dump(changed), "utf-8")
        said = self._update("--answers", str(file))
        self.answers = answers
        if "package" in changed:
            assert f"imports of {before['package']}" in said, said
            self.edits.move(str(answers["package"]))
        gone = optional - self.edits.there()
        places = {str(self.edits.place(path).relative_to(self.folder)) for path in gone}
        conflicts = re.findall(r"^conflict   (.*?): you changed it", said, re.M)
        assert set(conflicts) == places, said
        self.edits.repeat()
        if git(self.folder, "status", "--porcelain"):
            git(self.folder, "add", "--all")
            git(self.folder, "commit", "--quiet", "-m", "What is done by hand")
        if "database" in changed:
            assert "`make move-data FROM=URL`" in said, said
            self._move_rows()
        elif answers["auth"] == "jwt" and self.accounts_at not in ("", self.url):
            self._move(self.accounts_at, "CONTEXTS=accounts")
        if answers["auth"] == "jwt":
            self.accounts_at = self.url

    def _update(self, *options: str) -> str:
        """What an update says.

        What it drops although it was edited is let go; what both changed is taken as
        it is now, without the edit, which has to be repeated.
        """
        first = self._groundplan("update", *options)
        said = first.stdout + first.stderr
        if first.returncode != 7:
            assert first.returncode == 0, said
            return said
        side = Path(re.findall(r"Solve the conflicts in (.*)$", said, re.M)[0])
        for path in re.findall(r"^conflict   (.*): you changed it", said, re.M):
            git(side, "rm", "--quiet", path)
        for path in re.findall(r"^conflict   (.*): both changed it", said, re.M):
            assert path in map(str, self.edits.optional()), said
            git(side, "checkout", "--quiet", "--theirs", path)
            git(side, "add", path)
        second = self._groundplan("update", "--continue")
        assert second.returncode == 0, said + second.stdout + second.stderr
        return said + second.stdout

    def _groundplan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.template.command, *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def _move_rows(self) -> None:
        old, self.url = self.url, self.new_database(self.answers["database"])
        self._move(old)
        if self.answers["auth"] == "jwt" and self.accounts_at not in ("", old):
            self._move(self.accounts_at, "CONTEXTS=accounts")

    def _move(self, source: str, *more: str) -> None:
        if source.startswith("postgresql") and self.answers["database"] == "sqlite":
            self.make("setup")
            install = [".venv/bin/uv", "pip", "install", "--quiet", "asyncpg"]
            run([*install, "--python", ".venv/bin/python"], self.folder)
        self.make("move-data", f"FROM={source}", *more)

    def visit(self) -> None:
        """It boots with all that was stored; something is added."""
        self.make("setup")
        package = str(self.answers["package"])
        done = subprocess.run(
            [".venv/bin/python", str(VISIT), package],
            cwd=self.folder,
            env=environment(package, self.url),
            input=json.dumps(self.known),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        self.known = json.loads(done.stdout.splitlines()[-1])

    def check(self, *tests: str) -> None:
        """Its checks pass, and no edit is lost."""
        said = self.make("check", PYTEST_ADDOPTS=" ".join(tests))
        assert re.search(r"^=+ \d+ passed", said, re.M), said[-3000:]
        assert "Code and contract agree." in said
        assert self.edits.missing() == []
        assert git(self.folder, "status", "--porcelain") == ""


def walked(
    walk: Walk,
    template: Template,
    new_database: Callable[..., str],
    folder: Path,
    *tests: str,
) -> None:
    """Make a project, edit it, fill it, and go all the way."""
    contract = yaml.safe_load(CONTRACT.read_text("utf-8"))
    # auth=none is refused where a contract declares security
    del contract["security"], contract["components"]["securitySchemes"]
    files = folder / "contract.yaml", folder / "answers.yaml"
    for file, content in zip(files, (contract, walk.start), strict=True):
        file.write_text(yaml.safe_dump(content), "utf-8")
    place = folder / "project"
    given = ("--contract", str(files[0]), "--answers", str(files[1]))
    template.run("new", str(place), "--no-input", *given)
    edits, url = Edits(place), new_database(walk.start["database"])
    project = Project(template, place, walk.start, new_database, edits, url)
    if walk.start["auth"] == "jwt":
        project.accounts_at = url
    project.make("migrate")
    project.make("migration", "CONTEXT=books", "MESSAGE=notes in the margins")
    project.make("format")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "-m", "What the team does")
    project.visit()
    for answers in walk.steps:
        project.step(answers)
        project.visit()
        project.check(*tests)


@pytest.mark.nightly
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_walk(
    walk: Walk,
    template: Template,
    new_database: Callable[..., str],
    tmp_path: Path,
) -> None:
    walked(walk, template, new_database, tmp_path, *([] if AT_NIGHT else TESTS))
