"""The next revision: its place in the history, its text, and when there is none."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest
from black.mode import TargetVersion

from groundplan import generate, snapshot
from groundplan.decisions import UndecidedError
from groundplan.errors import ProjectError
from groundplan.workspace import open_project

from .. import contract_steps as c
from .projects import state
from .tables import MEMBER, Changing, members

MODE = black.Mode(target_versions={TargetVersion.PY311})
AGE = MEMBER | {"age": c.INTEGER}
FIRST = "0001_initial.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one entity; not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "project"
    Changing(folder, members(MEMBER))
    return folder


@pytest.fixture
def changing(made: Path, tmp_path: Path) -> Changing:
    """A copy of it."""
    folder = tmp_path / "project"
    shutil.copytree(made, folder)
    changing = Changing.__new__(Changing)
    changing.at(open_project(folder))
    return changing


def constant(text: str, name: str) -> object:
    """What a module's constant is."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise AssertionError(name)


def own(folder: Path, name: str, revision: str, parent: str | None) -> Path:
    """A revision as `make migration` writes it."""
    path = folder / name
    path.write_text(
        f'"""Ours."""\n\nrevision: str = {revision!r}\n'
        f"down_revision: str | None = {parent!r}\n\n\n"
        "def upgrade() -> None:\n    pass\n",
        encoding="utf-8",
    )
    return path


class TestText:
    def test_a_required_column(self, changing: Changing) -> None:
        text = changing.generate(members(AGE), fills=["members.age=3"])
        revision = constant(text, "revision")
        assert text == f'''"""Add age to members."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "people_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("members") as batch:
        batch.add_column(sa.Column("age", sa.BigInteger(), nullable=True))
    rows = sa.table("members", sa.column("age", sa.BigInteger()))
    op.execute(rows.update().values({{"age": 3}}))
    with op.batch_alter_table("members") as batch:
        batch.alter_column("age", existing_type=sa.BigInteger(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("members") as batch:
        batch.drop_column("age")
'''

    def test_a_new_and_a_removed_table(self, changing: Changing) -> None:
        notes = c.contract(c.entity("notes", {"text": c.TEXT}))
        text = changing.generate(notes, drops=["members"])
        up, down = text.split("def downgrade")
        assert up.index('op.drop_table("members")') < up.index("op.create_table(")
        assert down.index('op.drop_table("notes")') < down.index("op.create_table(")
        assert '"""What was dropped comes back empty."""' in down

    def test_every_conversion_is_formatted_and_linted(self, tmp_path: Path) -> None:
        def contract(number: int) -> c.Data:
            fields = {name: case[number] for name, case in c.CONVERSIONS.items()}
            return c.contract(c.entity("members", fields, ("text_to_uuid",)))

        changing = Changing(tmp_path / "p", contract(0))
        changing.change(contract(2))
        with pytest.raises(UndecidedError) as caught:
            generate.generate(changing.project)
        said = str(caught.value)
        names = [f"members.{name}" for name in c.CONVERSIONS]
        text = changing.generate(
            contract(2),
            conversions=[name for name in names if f"--convert {name} " in said],
            drops=[
                name
                for name in names
                if f"--drop {name} " in said and f"--convert {name} " not in said
            ],
            fills=[
                f"members.{name}={value}" for name, value in c.STARTING_OVER.items()
            ],
        )
        assert black.format_str(text, mode=MODE) == text
        path = tmp_path / "revision.py"
        path.write_text(text, encoding="utf-8")
        rules = ("--isolated", "--select=E,F,I,UP,B,SIM,RUF,S", "--ignore=E501")
        linted = subprocess.run(
            [Path(sys.executable).with_name("ruff"), "check", *rules, path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert linted.returncode == 0, linted.stdout

    def test_a_value_is_never_code(self, changing: Changing) -> None:
        hostile = '"}))\nimport os  # \\'
        fields = MEMBER | {"text": c.TEXT}
        text = changing.generate(members(fields), fills=[f"members.text={hostile}"])
        nodes = list(ast.walk(ast.parse(text)))
        assert hostile in [n.value for n in nodes if isinstance(n, ast.Constant)]
        imported = [n.names[0].name for n in nodes if isinstance(n, ast.Import)]
        assert imported == ["sqlalchemy"]

    def test_the_same_change_is_the_same_file(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        again = Changing(tmp_path / "again", members(MEMBER))
        for one in (changing, again):
            one.generate(members(AGE), fills=["members.age=3"])
        assert state(changing.project.folder) == state(again.project.folder)

    def test_another_change_has_another_number(self, changing: Changing) -> None:
        first = changing.generate(members(AGE), fills=["members.age=3"])
        second = changing.generate(members(MEMBER), drops=["members.age"])
        third = changing.generate(members(AGE), fills=["members.age=3"])
        revisions = [constant(text, "revision") for text in (first, second, third)]
        assert len(set(revisions)) == 3
        assert constant(third, "down_revision") == revisions[1]


class TestWhen:
    def test_nothing_changes_the_second_time(self, changing: Changing) -> None:
        changing.generate(members(AGE), fills=["members.age=3"])
        before = state(changing.project.folder)
        assert generate.generate(changing.project).clean
        assert state(changing.project.folder) == before

    def test_a_missing_revision_is_drift(self, changing: Changing) -> None:
        fields = MEMBER | {"age": c.INTEGER | {"default": 1}}
        changing.change(members(fields))
        before = state(changing.project.folder)
        report = generate.generate(changing.project, write=False)
        assert "migrations/people/versions/0002_add_age_to_members.py" in report.written
        assert "migrations/people/tables.yaml" in report.written
        assert state(changing.project.folder) == before

    def test_nothing_is_written_while_something_is_open(
        self, changing: Changing
    ) -> None:
        changing.change(members(AGE))
        before = state(changing.project.folder)
        with pytest.raises(UndecidedError):
            generate.generate(changing.project)
        assert state(changing.project.folder) == before

    def test_what_no_database_knows_needs_no_revision(self, changing: Changing) -> None:
        fields = MEMBER | {"note": c.one_of("a", "b")}
        changing.generate(members(fields), conversions=["members.note"])
        fields = MEMBER | {"note": c.one_of("a", "b", "c")}
        assert changing.generate(members(fields)) == ""
        assert "[a, b, c]" in changing.snapshot.read_text("utf-8")

    def test_the_last_table_and_the_next_first_one(self, changing: Changing) -> None:
        text = changing.generate(c.contract(), drops=["members"])
        assert "create_table" not in text.split("def downgrade")[0]
        assert "tables: {}" in changing.snapshot.read_text("utf-8")
        text = changing.generate(members(MEMBER))
        assert "create_table" in text.split("def downgrade")[0]


class TestHistory:
    def test_it_goes_on_from_the_teams_own_revisions(self, changing: Changing) -> None:
        own(changing.versions, "1a2b3c_ours.py", "1a2b3c", "people_0001")
        assert generate.generate(changing.project).clean
        text = changing.generate(members(AGE), fills=["members.age=3"])
        assert constant(text, "down_revision") == "1a2b3c"
        names = sorted(path.name for path in changing.versions.iterdir())
        assert names == [FIRST, "0002_add_age_to_members.py", "1a2b3c_ours.py"]

    def test_own_tables_may_come_before_the_first_of_the_contract(
        self, tmp_path: Path
    ) -> None:
        changing = Changing(tmp_path / "p", c.contract(c.entity("members", MEMBER)))
        news = changing.project.folder / "migrations" / "news" / "versions"
        news.mkdir(parents=True)
        own(news, "0001_ours.py", "ours", None)
        notes = c.entity("notes", {"text": c.TEXT}, tag="news")
        text = changing.generate(c.contract(c.entity("members", MEMBER), notes))
        assert constant(text, "down_revision") == "ours"
        assert (news / "0002_create_notes.py").is_file()

    def refusal(self, changing: Changing, *, changed: bool = True) -> ProjectError:
        if changed:
            changing.change(members(MEMBER | {"age": c.INTEGER | {"default": 1}}))
        before = state(changing.project.folder)
        with pytest.raises(ProjectError) as caught:
            generate.generate(changing.project)
        assert state(changing.project.folder) == before
        return caught.value

    def test_several_newest_revisions(self, changing: Changing) -> None:
        own(changing.versions, "a_ours.py", "aaa", "people_0001")
        own(changing.versions, "b_theirs.py", "bbb", "people_0001")
        error = self.refusal(changing)
        assert "aaa (a_ours.py), bbb (b_theirs.py)" in error.message
        assert "down_revision" in str(error.hint)

    def test_a_file_that_is_no_revision(self, changing: Changing) -> None:
        path = changing.versions / "broken.py"
        path.write_text('revision = "x"\ndown_revision = (\n', encoding="utf-8")
        error = self.refusal(changing, changed=False)
        assert error.message.startswith("migrations/people/versions/broken.py:2: ")
        path.write_text("import os\n", encoding="utf-8")
        assert "broken.py: is no revision" in self.refusal(changing).message

    def test_two_revisions_of_one_number(self, changing: Changing) -> None:
        own(changing.versions, "copy.py", "people_0001", None)
        error = self.refusal(changing)
        assert (
            "copy.py: is revision people_0001, as 0001_initial.py is" in error.message
        )

    def test_a_revision_that_is_missing(self, changing: Changing) -> None:
        text = changing.generate(members(AGE), fills=["members.age=3"])
        (changing.versions / "0002_add_age_to_members.py").unlink()
        error = self.refusal(changing, changed=False)
        assert str(constant(text, "revision")) in error.message
        assert "tables.yaml" in error.message

    def test_a_table_that_another_context_has_made(self, changing: Changing) -> None:
        changing.change(c.contract(c.entity("members", MEMBER, tag="news")))
        error = self.refusal(changing, changed=False)
        assert "migrations/people: has made a table members, and news" in error.message
        assert "x-context: people" in str(error.hint)


class TestSnapshot:
    def test_it_reads_back(self, changing: Changing) -> None:
        fields = {name: case[0] for name, case in c.CONVERSIONS.items()}
        fields["level"] = c.one_of("1e3", "null", "ä: #", "0o17")
        entity = c.entity("others", fields, ("level",), key_type=c.INTEGER)
        changing.generate(c.contract(c.entity("members", MEMBER), entity))
        found = snapshot.load(changing.snapshot, "tables.yaml")
        assert found is not None
        level = found.tables["others"].column("level")
        assert level is not None and level.nullable
        assert level.values == ("1e3", "null", "ä: #", "0o17")
        assert snapshot.dump(found) == changing.snapshot.read_text("utf-8")
        assert "not edited by hand" in changing.snapshot.read_text("utf-8")[:100]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("{type: text}", "{type: texts}"),
            ("{type: text}", "{type: text(3)}"),
            ("string(50)", "string"),
            ("note:", "'not; e':"),
            ("key: true", "key: false"),
            ("revision: people_0001", "revision: 1"),
            ("tables:", "table:"),
            ("{type: text}", "{type: text, values: [[1]]}"),
            ("{type: text}", "{type: text"),
        ],
    )
    def test_a_damaged_one_is_refused(
        self, changing: Changing, old: str, new: str
    ) -> None:
        text = changing.snapshot.read_text("utf-8")
        assert old in text
        changing.snapshot.write_text(text.replace(old, new), "utf-8")
        before = state(changing.project.folder)
        with pytest.raises(ProjectError) as caught:
            generate.generate(changing.project)
        assert "migrations/people/tables.yaml" in caught.value.message
        assert "version control" in str(caught.value.hint)
        assert state(changing.project.folder) == before

    def test_without_one_the_tables_of_the_last_run_count(
        self, changing: Changing
    ) -> None:
        """As projects are that were made before there were snapshots."""
        changing.snapshot.unlink()
        text = changing.generate(members(AGE), fills=["members.age=3"])
        assert '"Add age' in text.replace('""', "")
        assert changing.snapshot.is_file()

    def test_without_one_and_without_a_change_it_is_written(
        self, changing: Changing
    ) -> None:
        text = changing.snapshot.read_text("utf-8")
        changing.snapshot.unlink()
        report = generate.generate(changing.project)
        assert report.written == ["migrations/people/tables.yaml"]
        assert changing.snapshot.read_text("utf-8") == text

    def test_without_anything_the_contract_counts(self, changing: Changing) -> None:
        changing.snapshot.unlink()
        (changing.project.folder / "contracts" / "effective.yaml").unlink()
        assert changing.generate(members(AGE)) == ""
        assert "age" in changing.snapshot.read_text("utf-8")
