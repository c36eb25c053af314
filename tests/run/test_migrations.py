"""A contract that changes step by step: rows stay, on SQLite and on PostgreSQL."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest

from .. import contract_steps as c
from .conftest import Template, run

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).parent


@dataclass
class Service:
    """An installed project with a database that keeps its rows."""

    folder: Path
    command: str
    database: str

    def generate(self, contract: c.Data, *options: str, status: int = 0) -> str:
        """Change the contract, and let the command follow it."""
        contracts = self.folder / "contracts"
        (contracts / "openapi.yaml").write_text(json.dumps(contract), "utf-8")
        # what the changed contract leaves open is not what is tested here
        (contracts / "overlay.yaml").unlink(missing_ok=True)
        return self.groundplan(*options, status=status)

    def groundplan(self, *options: str, status: int = 0) -> str:
        """Run `groundplan generate`; gives all that it says."""
        done = subprocess.run(
            [self.command, "generate", *options],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def migrate(self, *calls: tuple[str, str, Any], to: str = "head") -> list[Any]:
        """Upgrade, compare tables and model, and call the service; or downgrade."""
        done = subprocess.run(
            [self.python, SCRIPTS / "evolve.py", "changing"],
            cwd=self.folder,
            env=os.environ | {"CHANGING_DATABASE_URL": self.database},
            input=json.dumps({"to": to, "calls": calls}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        answers = json.loads(done.stdout.splitlines()[-1])
        assert all(status < 300 for status, _ in answers), answers
        return [body for _, body in answers]

    def create(self, name: str, item: c.Data) -> c.Data:
        """Upgrade, and make an item over HTTP."""
        (made,) = self.migrate(("POST", f"/{name}", item))
        assert isinstance(made, dict)
        return made

    def items(self, name: str) -> list[c.Data]:
        """Upgrade, and what the collection holds then."""
        (found,) = self.migrate(("GET", f"/{name}", None))
        assert isinstance(found, list)
        return found

    def before(self, code: Path, name: str, to: str = "") -> list[c.Data]:
        """What the collection holds for the code from before, maybe a revision back."""
        shutil.copytree(code, self.folder / "src", dirs_exist_ok=True)
        (found,) = self.migrate(("GET", f"/{name}", None), to=to)
        assert isinstance(found, list)
        return found

    @property
    def python(self) -> Path:
        return self.folder / ".venv" / "bin" / "python"


MEMBER = {"nick": c.short(50), "points": c.INTEGER, "note": c.TEXT}
ENGINES = ("sqlite", "postgres")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            name,
            marks=[
                pytest.mark.minutes(3),
                pytest.mark.xdist_group(f"migrations-{name}"),
            ],
        )
        for name in ENGINES
    ],
)
def installed(
    request: pytest.FixtureRequest,
    make_project: Callable[..., Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A project with one entity, installed."""
    contract = tmp_path_factory.mktemp("contract") / "openapi.json"
    contract.write_text(json.dumps(c.contract(c.entity("members", MEMBER))), "utf-8")
    answers = (f"database={request.param}", "auth=none", "project_name=Changing")
    options = [word for answer in answers for word in ("--set", answer)]
    return make_project("changing", "--contract", str(contract), *options)


@pytest.fixture(scope="module")
def server(installed: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server, or nothing where the project needs none."""
    if "asyncpg" not in (installed / "pyproject.toml").read_text("utf-8"):
        yield ""
        return
    with subprocess.Popen(
        [installed / ".venv" / "bin" / "python", SCRIPTS / "serve_postgres.py"],
        cwd=installed,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture
def service(
    installed: Path, server: str, template: Template, tmp_path: Path
) -> Iterator[Service]:
    """The project as it was made first, on an empty database."""
    run(["git", "checkout", "--quiet", "--", "."], installed)
    run(["git", "clean", "-fdq"], installed)
    url = f"sqlite+aiosqlite:///{tmp_path}/rows.sqlite3"
    if server:
        name = f"rows_{uuid4().hex[:8]}"
        asyncio.run(execute(server, f"CREATE DATABASE {name}"))
        url = server.rpartition("/")[0] + f"/{name}"
    yield Service(installed, template.command, url)


async def execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()


def test_rows_outlive_a_series_of_changes(service: Service) -> None:
    """Added, renamed, removed, newly required, retyped and narrowed columns."""
    ann = service.create("members", {"nick": "ann", "points": 3, "note": "first"})
    service.create("members", {"nick": "bob", "points": 5, "note": "second"})

    # added: optional, required with a default, kept by the service
    fields = MEMBER | {
        "city": c.TEXT,
        "level": c.INTEGER | {"default": 1},
        "created_at": c.MOMENT | {"readOnly": True},
    }
    service.generate(c.contract(c.entity("members", fields, ("city",))))
    rows = {row["nick"]: row for row in service.items("members")}
    assert set(rows) == {"ann", "bob"}
    assert rows["ann"] | ann == rows["ann"]
    assert rows["ann"]["level"] == rows["bob"]["level"] == 1
    assert rows["ann"]["created_at"] and "city" not in rows["ann"]

    # renamed, removed and newly required: nothing is written before all is decided
    fields = {
        "handle": c.short(80) | {"x-unique": True},
        "points": c.NUMBER | {"x-index": True},
        "city": c.one_of("Rome", "Oslo", "Bern"),
        "level": c.INTEGER,
        "age": c.INTEGER | {"minimum": 0},
        "created_at": fields["created_at"],
        "price": c.DECIMAL,
        "ref": c.UUID,
        "born": c.DATE,
        "seen": c.MOMENT,
        "tags": c.NUMBERS,
    }
    filled = {
        "price": "-1.5000",
        "ref": c.SOME_UUID,
        "born": "2024-02-29",
        "seen": "2024-02-29T10:00:00Z",
        "tags": [1, 2],
    }
    changed = c.contract(c.entity("members", fields))
    status = ["git", "status", "--porcelain", "src", "tests", "migrations"]
    before = run(status, service.folder)
    said = service.generate(changed, status=2)
    for option in (
        "--rename members.nick=handle",
        "--drop members.nick",
        "--drop members.note",
        "--fill members.age=INTEGER",
        "--fill members.city=VALUE",
    ):
        assert option in said
    assert run(status, service.folder) == before
    decided = [
        *("--rename", "members.nick=handle"),
        *("--drop", "members.note"),
        *("--fill", "members.age=30"),
        *("--fill", "members.city=Oslo"),
    ]
    for name, value in filled.items():
        decided += ["--fill", f"members.{name}={value}"]
    service.generate(changed, *decided)
    assert "agree" in service.groundplan("--check")
    rows = {row["handle"]: row for row in service.items("members")}
    assert rows["ann"]["id"] == ann["id"] and rows["ann"]["points"] == 3.0
    assert {row["age"] for row in rows.values()} == {30}
    assert {row["city"] for row in rows.values()} == {"Oslo"}
    assert rows["bob"] | filled == rows["bob"]
    tools = service.python.parent
    run([str(tools / "ruff"), "check", "migrations"], service.folder)
    run([str(tools / "black"), "--check", "migrations"], service.folder)
    item = filled | {"points": 7.0, "level": 2, "age": 8, "city": "Bern"}
    service.create("members", item | {"handle": "cleo"})

    # fewer values, a shorter text, the table's own name, which another takes
    fields |= {"city": c.one_of("Rome", "Oslo"), "handle": c.short(4)}
    people = c.entity("people", fields, ("age",))
    new = {"handle": c.short(4) | {"x-unique": True}, "at": c.DATE | {"x-index": True}}
    changed = c.contract(people, c.entity("members", new))
    service.generate(
        changed,
        *("--rename", "members=people"),
        *("--fill", "people.city=Rome"),
        *("--convert", "people.handle"),
    )
    rows = {row["handle"]: row for row in service.items("people")}
    cities = {"ann": "Oslo", "bob": "Oslo", "cleo": "Rome"}
    assert {name: row["city"] for name, row in rows.items()} == cities

    # back to the first revision with rows, to nothing, and up again
    service.migrate(to="people_0001")
    assert {row["handle"] for row in service.items("people")} == {"ann", "bob", "cleo"}
    service.migrate(to="base")
    assert service.items("people") == []


REVERSIBLE = """
    text_to_integer text_to_number text_to_boolean text_to_date text_to_short
    short_to_text integer_to_number integer_to_decimal integer_to_boolean
    integer_to_text integer_to_short number_to_integer number_to_decimal number_to_text
    decimal_to_number decimal_to_text boolean_to_integer boolean_to_text uuid_to_text
    date_to_moment date_to_text moment_to_text list_to_any object_to_any
""".split()


def test_every_conversion(service: Service, tmp_path: Path) -> None:
    """One column for each: required ones, and ones without a value."""
    values = {name: case[1] for name, case in c.CONVERSIONS.items()}
    optional = tuple(c.CONVERSIONS)

    def entities(number: int) -> c.Data:
        fields = {name: case[number] for name, case in c.CONVERSIONS.items()}
        members = c.entity("members", MEMBER)
        loose = c.entity("loose", fields, optional)
        return c.contract(members, c.entity("strict", fields), loose)

    service.generate(entities(0))
    made, _, empty = service.migrate(
        ("POST", "/strict", values), ("POST", "/loose", values), ("POST", "/loose", {})
    )
    old_code = tmp_path / "src"
    shutil.copytree(service.folder / "src", old_code)
    said = service.generate(entities(2), status=2)
    options = []
    for table in ("strict", "loose"):
        for name in c.CONVERSIONS:
            if f"--convert {table}.{name} " in said:
                options += ["--convert", f"{table}.{name}"]
            elif f"--drop {table}.{name} " in said:
                options += ["--drop", f"{table}.{name}"]
        for name, value in c.STARTING_OVER.items():
            if table == "strict":
                options += ["--fill", f"{table}.{name}={value}"]
    service.generate(entities(2), *options)

    wanted = {name: case[3] for name, case in c.CONVERSIONS.items()}
    (row,), loose = service.migrate(("GET", "/strict", None), ("GET", "/loose", None))
    assert row == wanted | {"id": row["id"]}
    full, none = loose
    if full["id"] == empty["id"]:
        full, none = none, full
    assert none == empty
    kept = {k: v for k, v in wanted.items() if k not in c.STARTING_OVER}
    assert full == kept | {"id": full["id"]}

    (back,) = service.before(old_code, "strict", to="-1")
    assert {n: back[n] for n in REVERSIBLE} == {n: made[n] for n in REVERSIBLE}


def test_keys_change_and_rows_stay(service: Service) -> None:
    """Another name, another type, counted or not, another column."""
    counted = c.INTEGER | {"readOnly": True}
    things = {"size": c.INTEGER, "code": c.short(20)}

    def generate(
        *options: str, name: str = "things", key: str = "id", **more: Any
    ) -> None:
        entity = c.entity(name, things, key=key, **more)
        service.generate(c.contract(c.entity("members", MEMBER), entity), *options)

    generate(key_type=c.INTEGER)
    service.create("things", {"id": 41, "size": 1, "code": "a"})
    generate(key_type=counted)
    assert service.create("things", {"size": 2, "code": "b"})["id"] == 42
    renames = ("--rename", "things=goods", "--rename", "things.id=number")
    generate(*renames, name="goods", key="number", key_type=counted)
    assert service.create("goods", {"size": 3, "code": "c"})["number"] == 43
    generate("--rename", "goods=things", key="number", key_type=c.TEXT)
    service.create("things", {"number": "x", "size": 4, "code": "d"})
    assert {row["number"] for row in service.items("things")} == {"41", "42", "43", "x"}
    things["number"] = c.TEXT
    del things["code"]
    generate(key="code", key_type=c.short(20))
    found = {row["code"]: row["number"] for row in service.items("things")}
    assert found == {"a": "41", "b": "42", "c": "43", "d": "x"}
    ann = service.create("members", {"nick": "ann", "points": 3, "note": "first"})
    owner = ("--fill", f"things.members_id={ann['id']}")
    generate(*owner, key="code", key_type=c.short(20), above="members")
    (rows,) = service.migrate(("GET", f"/members/{ann['id']}/things", None))
    assert {row["code"]: row["number"] for row in rows} == found
    service.migrate(to="-1")
    service.generate(
        c.contract(c.entity("members", MEMBER), c.entity("things", things)),
        *("--drop", "things"),
    )
    assert service.items("things") == []
    service.migrate(to="base")


def test_a_row_that_does_not_fit_stops_the_upgrade(
    service: Service, tmp_path: Path
) -> None:
    """The message names the column; nothing has changed."""
    item = {"nick": "ann", "points": 1, "note": "42"}
    first = service.create("members", item)
    second = service.create("members", item | {"note": "many"})
    old_code = tmp_path / "src"
    shutil.copytree(service.folder / "src", old_code)
    fields = MEMBER | {"note": c.INTEGER, "age": c.INTEGER}
    options = ("--convert", "members.note", "--fill", "members.age=1")
    service.generate(c.contract(c.entity("members", fields)), *options)
    done = subprocess.run(
        [service.python, "-m", "changing.migrate", "upgrade"],
        cwd=service.folder,
        env=os.environ | {"CHANGING_DATABASE_URL": service.database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "members: 1 rows whose note is no integer" in done.stderr
    assert "Traceback" not in done.stderr
    rows = service.before(old_code, "members")
    assert sorted(rows, key=str) == sorted([first, second], key=str)


def test_a_context_gets_its_first_table_and_loses_its_last(service: Service) -> None:
    """The history stays where no table is left, and goes on from there."""
    members = c.entity("members", MEMBER)
    # too long together for the name of a constraint or an index, which is shortened
    notes, texts, days = (f"{word}_{'x' * 40}" for word in ("notes", "texts", "days"))
    fields = {texts: c.TEXT | {"x-unique": True}, days: c.DATE | {"x-index": True}}
    first = c.contract(members, c.entity(notes, fields, tag="news"))
    service.generate(first)
    service.create(notes, {texts: "first", days: "2024-02-29"})
    fields = {texts: c.TEXT, days: c.DATE | {"x-unique": True}}
    service.generate(c.contract(members, c.entity(notes, fields, tag="news")))
    assert service.items(notes)[0][texts] == "first"
    assert f"--drop {notes}" in service.generate(c.contract(members), status=2)
    service.generate(c.contract(members), "--drop", notes)
    service.migrate()
    service.generate(first)
    assert service.items(notes) == []
    service.migrate(to="base")
    service.migrate()
    checked = run(["make", "--silent", "test"], service.folder)
    assert " passed" in checked
