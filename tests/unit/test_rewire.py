"""Contexts that come and go: what follows from the answers follows the contract."""

import functools
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from groundplan import generate
from groundplan import project as projects_module
from groundplan.errors import ProjectError
from groundplan.generate import Report
from groundplan.workspace import ANSWERS, Project, open_project

from .projects import Data, shelf, state, written

ANSWERED = {
    "auth": "jwt",
    "ci": "github",
    "database": "sqlite",
    "deploy": ["compose"],
    "description": "The backend of Shop.",
    "observability": [],
    "package": "shop",
    "project_name": "Shop",
}
WIRING = "src/shop/wiring.py"


@pytest.fixture(scope="module", autouse=True)
def _render_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Copier takes a second, and the same answers come again and again."""
    render = projects_module.render

    @functools.cache
    def cached(answers: str) -> Path:
        folder = tmp_path_factory.mktemp("rendered") / "project"
        render(folder, yaml.safe_load(answers))
        return folder

    def copied(folder: Path, answers: Mapping[str, object]) -> None:
        shutil.copytree(cached(yaml.safe_dump(dict(answers))), folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projects_module, "render", copied)
        yield


def contract(**moved: str) -> Data:
    """The shelf; `reading="readers"` puts its operations of one path elsewhere."""
    data = shelf()
    paths = data["paths"]
    statistics = paths.pop("/v1/statistics")
    paths["/statistics"] = statistics
    places = {
        "statistics": "/statistics",
        "reservations": "/books/{bookId}/reservations",
    }
    for name, tag in moved.items():
        for operation in paths[places[name]].values():
            if isinstance(operation, dict):
                operation["tags"] = [tag]
    return data


def made(folder: Path, data: Data, *contexts: str) -> Project:
    """A whole project, of a contract that has these contexts."""
    projects_module.render(folder, ANSWERED | {"contexts": list(contexts)})
    answers = (folder / ANSWERS).read_text("utf-8")
    known = re.sub("^_src_path: .*", "_src_path: somewhere", answers, flags=re.M)
    (folder / ANSWERS).write_text(known, "utf-8")
    written(folder / "contracts", data)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (folder / lock).write_text("", encoding="utf-8")
    project = open_project(folder)
    assert not generate.generate(project).remainders
    return project


@pytest.fixture
def books(tmp_path: Path) -> Project:
    return made(tmp_path / "project", contract(), "books", "statistics")


def again(project: Project, data: Data, *, write: bool = True) -> Report:
    """Generate for another contract; its overlay is seeded anew."""
    written(project.folder / "contracts", data)
    project.overlay.unlink(missing_ok=True)
    return generate.generate(open_project(project.folder), write=write)


def edit(project: Project, path: str, old: str, new: str) -> None:
    text = (project.folder / path).read_text("utf-8")
    assert old in text
    (project.folder / path).write_text(text.replace(old, new, 1), "utf-8")


def append(project: Project, path: str, text: str) -> None:
    with (project.folder / path).open("a", encoding="utf-8") as file:
        file.write(text)


def test_a_project_with_other_contexts_is_as_if_made_with_them(
    books: Project, tmp_path: Path
) -> None:
    report = again(books, contract(reservations="lending"))
    assert {WIRING, "src/shop/contexts.py", "pyproject.toml", ANSWERS} <= set(
        report.written
    )
    assert report.remainders == []
    contexts = ("books", "lending", "statistics")
    fresh = made(tmp_path / "b", contract(reservations="lending"), *contexts)
    assert state(books.folder) == state(fresh.folder)
    assert open_project(books.folder).contexts == contexts
    assert generate.generate(open_project(books.folder)).clean


def test_a_context_that_went_leaves_what_the_team_owns(
    books: Project, tmp_path: Path
) -> None:
    append(books, "src/shop/books/rules.py", "RULE = 1\n")
    data = contract()
    data["paths"] = {"/statistics": data["paths"]["/statistics"]}
    report = again(books, data)
    assert "src/shop/books/generated/port.py" in report.removed
    assert "tests/books/generated/test_books.py" in report.removed
    (remainder,) = report.remainders
    assert str(remainder) == (
        "src/shop/books, migrations/books: books is no context of the contract any "
        "more; remove by hand what nothing needs"
    )
    left = state(books.folder / "src/shop/books")
    assert set(left) == {"__init__.py", "routes.py", "rules.py", "service.py"}
    assert (books.folder / "migrations/books/versions/0001_initial.py").exists()
    for folder in remainder.folders:
        shutil.rmtree(books.folder / folder)
    assert state(books.folder) == state(made(tmp_path / "b", data, "statistics").folder)
    assert generate.generate(open_project(books.folder)).remainders == []


def test_a_renamed_context_is_one_gone_and_one_come(books: Project) -> None:
    (remainder,) = again(books, contract(statistics="figures")).remainders
    assert remainder.context == "statistics"
    assert remainder.successor == "figures"
    assert "`x-context: statistics`" in str(remainder)
    assert open_project(books.folder).contexts == ("books", "figures")
    assert "StatisticsPort" not in (books.folder / WIRING).read_text("utf-8")


def test_its_old_name_can_be_kept(books: Project) -> None:
    before = state(books.folder)
    data = contract(statistics="figures")
    data["paths"]["/statistics"]["get"]["x-context"] = "statistics"
    assert again(books, data).remainders == []
    assert state(books.folder)[WIRING] == before[WIRING]


def test_the_order_is_that_of_the_contract(books: Project) -> None:
    data = contract()
    data["paths"] = dict(reversed(data["paths"].items()))
    report = again(books, data)
    assert WIRING in report.written
    assert open_project(books.folder).contexts == ("statistics", "books")


def test_a_check_tells_and_writes_nothing(books: Project) -> None:
    data = contract(statistics="figures")
    written(books.folder / "contracts", data)
    before = state(books.folder)
    report = generate.generate(books, write=False)
    assert {WIRING, ANSWERS, "src/shop/figures/service.py"} <= set(report.written)
    assert len(report.remainders) == 1
    assert state(books.folder) == before


class TestEdits:
    def test_they_are_kept(self, books: Project) -> None:
        own = (
            "    @cached_property\n    def mailer(self) -> str:\n        return '1'\n\n"
        )
        rule = '\n[[tool.importlinter.contracts]]\nname = "Ours"\n'
        accounts = "    @cached_property\n    def accounts"
        edit(books, WIRING, accounts, own + accounts)
        append(books, "pyproject.toml", rule)
        edit(books, "README.md", "# Shop", "# Our shop")
        edit(books, ".env.example", "PORT=8000", "PORT=9000")
        again(books, contract(statistics="figures"))
        wiring = (books.folder / WIRING).read_text("utf-8")
        assert own in wiring
        assert wiring.count("@cached_property\n") == 4
        assert "def figures(self) -> FiguresPort:" in wiring
        manifest = (books.folder / "pyproject.toml").read_text("utf-8")
        assert rule in manifest
        assert 'name = "Others see of figures only its port"' in manifest
        readme = (books.folder / "README.md").read_text("utf-8")
        assert "# Our shop" in readme
        assert "The contexts are books, figures." in readme
        assert "PORT=9000" in (books.folder / ".env.example").read_text("utf-8")

    def test_where_they_meet_the_change_nothing_is_written(
        self, books: Project
    ) -> None:
        called = "service.StatisticsService(database, self)"
        edit(books, WIRING, called, called.replace("self)", "self, 1)"))
        written(books.folder / "contracts", contract(statistics="figures"))
        before = state(books.folder)
        for write in (False, True):
            with pytest.raises(ProjectError) as error:
                generate.generate(books, write=write)
            assert state(books.folder) == before
        number = _line(books, "self, 1)")
        place, _, hint = str(error.value).partition("\n")
        file, _, lines = place.partition(": ")[0].rpartition(":")
        assert file == WIRING
        first, _, last = lines.partition("-")
        assert int(first) <= number <= int(last or first)
        assert "Nothing was written." in hint
        assert f"  |         return {called}" in hint
        edit(books, WIRING, "self, 1)", "self)")
        assert WIRING in generate.generate(books).written

    def test_what_was_done_by_hand_is_no_conflict(self, books: Project) -> None:
        edit(books, "src/shop/contexts.py", '"statistics"', '"figures"')
        report = again(books, contract(statistics="figures"))
        assert "src/shop/contexts.py" not in report.written
        assert WIRING in report.written

    def test_what_was_removed_stays_removed(self, books: Project) -> None:
        (books.folder / "README.md").unlink()
        again(books, contract(statistics="figures"))
        assert not (books.folder / "README.md").exists()

    def test_a_link_that_leads_out_is_not_written_through(
        self, books: Project, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside.py"
        shutil.move(books.folder / WIRING, outside)
        (books.folder / WIRING).symlink_to(outside)
        kept = outside.read_bytes()
        with pytest.raises(ProjectError, match="leads out of the project"):
            again(books, contract(statistics="figures"))
        assert outside.read_bytes() == kept

    def test_a_run_that_was_interrupted_is_done_again(self, books: Project) -> None:
        answers = (books.folder / ANSWERS).read_bytes()
        again(books, contract(statistics="figures"))
        done = state(books.folder)
        (books.folder / ANSWERS).write_bytes(answers)  # they are written last
        assert generate.generate(open_project(books.folder)).written == [ANSWERS]
        assert state(books.folder) == done


class TestAnswers:
    @pytest.mark.parametrize(
        "listed",
        [
            "contexts:\n- books\n- statistics\n",
            "contexts:\n  - books  # first\n\n  # second\n  - 'statistics'\n",
            "contexts: [books, statistics]\n",
            "contexts: [\n  books,\n  statistics\n]\n",
        ],
    )
    def test_nothing_else_in_them_changes(self, books: Project, listed: str) -> None:
        given = yaml.safe_dump(ANSWERED, default_flow_style=None).rstrip()
        before = f"# Ours.\n_commit: v1\n_src_path: ../x  # or so\n{listed}"
        after = f"\n# The rest.\n{given}"
        (books.folder / ANSWERS).write_text(before + after, "utf-8")
        again(books, contract(statistics="figures"))
        text = (books.folder / ANSWERS).read_text("utf-8")
        new = "contexts:\n- books\n- figures\n"
        assert text == before.replace(listed, new) + after

    def test_line_ends_stay(self, books: Project) -> None:
        text = (books.folder / ANSWERS).read_bytes().replace(b"\n", b"\r\n")
        (books.folder / ANSWERS).write_bytes(text)
        again(books, contract(statistics="figures"))
        renewed = (books.folder / ANSWERS).read_bytes()
        assert renewed == text.replace(b"- statistics", b"- figures")

    def test_a_context_with_a_path_as_name_is_refused(self, books: Project) -> None:
        edit(books, ANSWERS, "- statistics", "- ../../outside")
        before = state(books.folder)
        with pytest.raises(Exception, match="no lower-case name"):
            generate.generate(open_project(books.folder))
        assert state(books.folder) == before


def _line(project: Project, words: str) -> int:
    lines = (project.folder / WIRING).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)
