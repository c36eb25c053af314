"""A contract that changes under a team's edits: what is renewed, kept and named."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ..checkout import REPOSITORY
from .conftest import Template, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("changes")]

ALLOTMENT = REPOSITORY / "tests" / "contracts" / "allotment.yaml"
MAILER = """\
    @cached_property
    def mailer(self) -> str:
        return "sendmail"

"""
MEMBERS = """
    async def get_member(self, handle: str) -> Member:
        return await super().get_member(handle.lower())

    async def warn_member(self, handle: str) -> None:
        await self.get_member(handle)
"""
PLOTS = """
    async def has_next(self) -> bool:
        page = await self.list_plots()
        return bool(page.has_more)
"""
TOOLS = """\
  /tools:
    get:
      tags: [Tools]
      operationId: listTools
      responses:
        "200":
          description: What can be borrowed.
          content:
            application/json:
              schema: {type: array, items: {type: string}}
"""
VERBOSE = "        - {name: verbose, in: query, schema: {type: boolean}}\n"
CHANGES = (
    ("components:\n", TOOLS + "components:\n"),  # a context more
    ("tags: [Harvests]", "tags: [Crops]"),  # one goes, one comes
    ("  /harvests", "  /crops"),
    ("                  has_more: {type: boolean}\n", ""),  # a field less
    ("operationId: warnMember", "operationId: adviseMember"),  # a new name
    (
        "      operationId: getMember\n",
        f"      operationId: getMember\n      parameters:\n{VERBOSE}",
    ),
)


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def generate(
    template: Template, folder: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [template.command, "generate", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def line_of(path: Path, words: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_a_change_of_the_contract_meets_edits_of_the_team(
    template: Template, make_project: Callable[..., Path]
) -> None:
    options = ("--preset", "starter", "--contract", str(ALLOTMENT))
    folder = make_project("changes", *options, "--set", "package=garden")
    package = folder / "src" / "garden"
    members, plots = package / "members/service.py", package / "plots/service.py"
    accounts = "    @cached_property\n    def accounts"
    edit(package / "wiring.py", (accounts, MAILER + accounts))
    imported = "from .generated.operations import MembersOperations\n"
    schemas = "from .generated.schemas import Member\n"
    edit(members, (imported, imported + schemas))
    append(members, MEMBERS)
    append(plots, PLOTS)
    assert generate(template, folder).returncode == 0
    edit(folder / "contracts" / "openapi.yaml", *CHANGES)

    checked = generate(template, folder, "--check")
    done = generate(template, folder)
    assert (checked.returncode, done.returncode) == (6, 6), done.stdout + done.stderr
    misfits = [
        f"src/garden/members/service.py:{line_of(members, 'def get_member')}: "
        "get_member takes (handle, *, verbose=None) now; yours takes (handle)",
        f"src/garden/members/service.py:{line_of(members, 'def warn_member')}: "
        "warn_member overrides nothing: members has no such operation any more "
        "(is it advise_member now?)",
        f"src/garden/plots/service.py:{line_of(plots, 'has_more')}: "
        "uses has_more, which plots has in no schema or table any more",
    ]
    for output in (checked.stdout, done.stdout):
        lines = [line for line in output.splitlines() if line.startswith("src/")]
        assert lines == misfits
        assert "left     src/garden/harvests, migrations/harvests: " in output
    assert "x-context: harvests" in done.stdout
    assert done.stderr.endswith("`make check` (mypy) is the full proof.\n")

    # what is left of the old context is in nobody's way
    wiring = (package / "wiring.py").read_text("utf-8")
    assert MAILER in wiring and "def crops(self) -> CropsPort:" in wiring
    python = str(folder / ".venv" / "bin" / "python")
    tests = ["tests/test_wiring.py", "tests/test_migrations.py", "tests/crops"]
    assert " passed" in run([python, "-m", "pytest", "-q", *tests], folder)
    script = "from garden.contexts import CONTEXTS; print(*CONTEXTS)"
    listed = run([python, "-c", script], folder)
    assert listed.split() == ["plots", "members", "crops", "season_report", "tools"]

    edit(
        members,
        ("get_member(self, handle: str)", "get_member(self, handle: str, **_: object)"),
        ("def warn_member", "def advise_member"),
    )
    edit(plots, ("page.has_more", "page.items"))
    assert generate(template, folder).returncode == 0
    assert generate(template, folder, "--check").returncode == 0
