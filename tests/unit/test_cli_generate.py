"""`groundplan generate` as it is called: agreement, drift, questions about rows."""

import shutil
from pathlib import Path

import pytest

from .. import contract_steps as c
from .command_line import Cli
from .projects import generated, shelf, state
from .tables import Changing, members


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project; not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "project"
    generated(folder, shelf())
    return folder


class TestGenerate:
    @pytest.fixture(autouse=True)
    def _inside(self, groundplan: Cli, made: Path, tmp_path: Path) -> None:
        shutil.copytree(made, "project")
        groundplan.monkeypatch.chdir("project")

    def test_agreement(self, groundplan: Cli) -> None:
        for options in ([], ["--check"]):
            result = groundplan("generate", *options)
            assert (result.status, result.err) == (0, "")
            assert "agree" in result.out

    def test_drift_has_a_status_of_its_own_and_changes_nothing(
        self, groundplan: Cli
    ) -> None:
        Path("docs/contexts.md").write_text("mine")
        before = state(Path.cwd())
        result = groundplan("generate", "--check")
        assert result.status == 1
        assert "differs  docs/contexts.md" in result.out
        assert "make generate" in result.err
        assert state(Path.cwd()) == before
        assert "written  docs/contexts.md" in groundplan("generate").out
        assert groundplan("generate", "--check").status == 0

    def test_code_that_does_not_fit_has_a_status_of_its_own(
        self, groundplan: Cli
    ) -> None:
        service = Path("src/shop/books/service.py")
        with service.open("a", encoding="utf-8") as file:
            file.write("\n    async def add_book(self) -> None:\n        pass\n")
        line = len(service.read_text("utf-8").splitlines()) - 1
        misfit = f"{service}:{line}: add_book takes (body) now; yours takes ()"
        for options in ([], ["--check"]):
            result = groundplan("generate", *options)
            assert result.status == 6
            assert misfit in result.out.splitlines()
            assert "in 1 place found here" in result.err.splitlines()[-1]
            assert "`make check` (mypy) is the full proof" in result.err

    def test_a_misfit_hides_no_difference(self, groundplan: Cli) -> None:
        with Path("src/shop/books/routes.py").open("a", encoding="utf-8") as file:
            file.write("\nfrom .generated.schemas import Bok\n")
        Path("docs/contexts.md").write_text("mine")
        result = groundplan("generate", "--check")
        assert result.status == 6
        assert "differs  docs/contexts.md" in result.out
        assert "routes.py:7: imports Bok, which is not in books" in result.out
        assert "make generate" in result.err
        assert Path("docs/contexts.md").read_text() == "mine"
        result = groundplan("generate")
        assert result.status == 6
        assert "written  docs/contexts.md" in result.out

    def test_a_broken_contract(self, groundplan: Cli) -> None:
        Path("contracts/openapi.yaml").write_text("openapi: 3.1.0\nopenapi: 3.1.0\n")
        before = state(Path.cwd())
        result = groundplan("generate")
        assert result.status == 3
        assert "openapi.yaml:2: " in result.err
        assert state(Path.cwd()) == before

    def test_outside_of_a_project(self, groundplan: Cli, tmp_path: Path) -> None:
        groundplan.monkeypatch.chdir(tmp_path)
        for command in (["generate"], ["check"], ["run"]):
            result = groundplan(*command)
            assert result.status == 4
            assert "groundplan new" in result.err

    def test_check_tells_what_a_project_becomes(self, groundplan: Cli) -> None:
        result = groundplan("check")
        assert result.status == 0
        assert "addBook" in result.out
        assert "Amendments to openapi.yaml" in result.out


def test_what_becomes_of_rows_is_asked_and_told(groundplan: Cli) -> None:
    changing = Changing(Path.cwd() / "project", members({"nick": c.TEXT}))
    changing.change(members({"handle": c.TEXT}))
    groundplan.monkeypatch.chdir("project")
    before = state(Path.cwd())
    for options, status in ([], 2), (["--check"], 1):
        result = groundplan("generate", *options)
        assert result.status == status
        assert "--rename members.nick=handle " in result.err
        assert "--drop members.nick " in result.err
        assert 'make generate ARGS="..."' in result.err
        assert state(Path.cwd()) == before
    result = groundplan("generate", "--rename", "members.nick")
    assert (result.status, result.out) == (2, "")
    result = groundplan("generate", "--rename", "members.nick=handle")
    assert result.status == 0
    name = "migrations/people/versions/0002_rename_nick_of_members_to_handle.py"
    assert f"written  {name}" in result.out
    assert groundplan("generate", "--check").status == 0
    result = groundplan("generate", "--rename", "members.nick=handle")
    assert result.status == 2
    assert "no change of the tables asks for it" in result.err
