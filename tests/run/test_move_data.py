"""Rows that change the engine, SQLite to PostgreSQL and back, and logins with them."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import asyncpg  # type: ignore[import-untyped]
import pytest

from ..checkout import REPOSITORY
from .conftest import run
from .test_migrations import execute

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(1.5),
    pytest.mark.xdist_group("move-data"),
]

SCRIPTS = Path(__file__).parent
TYPES = REPOSITORY / "tests" / "contracts" / "types.yaml"
ROWS = "2500"
CREDENTIALS = {"email": "ada@example.com", "password": "Correct-Horse-1"}
OWN_MODEL = '''\
"""A table of the team's own, whose rows refer to each other."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..platform.columns import Serial
from .generated.model import Base


class NodeRow(Base):
    """Somewhere in a tree."""

    __tablename__ = "own_nodes"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("own_nodes.id"))
    name: Mapped[str] = mapped_column(String(30), unique=True)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
'''


@dataclass
class Installed:
    """A project with a database."""

    folder: Path
    database: str

    def python(self, *arguments: str, input: str = "") -> str:
        """Run its Python; fails with all that it says."""
        done = self.call(".venv/bin/python", *arguments, input=input)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        return done.stdout

    def call(self, *command: str, input: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=os.environ
            | {
                "MOVING_DATABASE_URL": self.database,
                "MOVING_JWT_SECRET": "the same on both sides, and of 32 bytes",
            },
            input=input,
            capture_output=True,
            text=True,
            check=False,
        )

    def requests(self, *calls: tuple[str, str, object]) -> list[tuple[int, object]]:
        """Upgrade, and call the service."""
        given = json.dumps({"to": "head", "calls": calls})
        said = self.python(str(SCRIPTS / "evolve.py"), "moving", input=given)
        return [(status, body) for status, body in json.loads(said.splitlines()[-1])]

    def make(self, target: str, **variables: str) -> str:
        """Run a make target; fails with all that it says."""
        given = [f"{name}={value}" for name, value in variables.items()]
        done = self.call("make", "--silent", target, *given)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
        return done.stdout

    def rows(self, *arguments: str) -> str:
        return self.python(str(SCRIPTS / "fill_and_dump.py"), "moving", *arguments)

    def move(self, source: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `make move-data`."""
        given = [f"{name}={value}" for name, value in more.items()]
        return self.call("make", "--silent", "move-data", f"FROM={source}", *given)


def project(make_project: Callable[..., Path], engine: str) -> Path:
    """A project with columns of every type, and a table of the team's own."""
    folder = make_project(
        "moving",
        *("--preset", "starter", "--contract", str(TYPES)),
        *("--set", f"database={engine}", "--set", "project_name=Moving"),
    )
    (folder / "src/moving/trees/model.py").write_text(OWN_MODEL, "utf-8")
    return folder


@pytest.fixture(scope="module")
def lite(
    make_project: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    """The project on SQLite, with rows of every type and somebody who logs in."""
    folder = project(make_project, "sqlite")
    file = tmp_path_factory.mktemp("rows") / "old rows%3F.sqlite3"
    lite = Installed(folder, f"sqlite+aiosqlite:///{file}")
    lite.make("migrate")
    lite.make("migration", CONTEXT="trees", MESSAGE="own nodes")
    lite.make("migrate")
    lite.rows("fill", ROWS)
    return lite


@pytest.fixture(scope="module")
def large(make_project: Callable[..., Path], lite: Installed) -> Iterator[Installed]:
    """The project on PostgreSQL with the same revisions, and its server."""
    folder = project(make_project, "postgres")
    (revision,) = (lite.folder / "migrations/trees/versions").glob("*own_nodes.py")
    shutil.copy(revision, folder / "migrations/trees/versions")
    with subprocess.Popen(
        [folder / ".venv/bin/python", SCRIPTS / "serve_postgres.py"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin and server.stdout
        yield Installed(folder, server.stdout.readline().strip())
        server.stdin.close()


def on_new_database(large: Installed, name: str) -> Installed:
    asyncio.run(execute(large.database, f"CREATE DATABASE {name}"))
    return replace(large, database=f"{large.database.rpartition('/')[0]}/{name}")


def file_of(lite: Installed) -> Path:
    return Path(unquote(lite.database.removeprefix("sqlite+aiosqlite:///")))


def test_there_and_back(lite: Installed, large: Installed, tmp_path: Path) -> None:
    """All rows are as they were, and who had logged in still is."""
    paths = (f"/auth/{name}" for name in ("register", "login", "refresh"))
    register, login, refresh = (("POST", path, CREDENTIALS) for path in paths)
    (made, _), (_, tokens) = lite.requests(register, login)
    assert made == 201 and isinstance(tokens, dict)
    create_key = ("-m", "moving.platform.accounts", "create-key")
    lite.python(*create_key, CREDENTIALS["email"], "nightly")
    connection = sqlite3.connect(file_of(lite))
    connection.execute("CREATE TABLE leftover (id INTEGER)")
    connection.close()
    rows, bytes_before = lite.rows("dump"), file_of(lite).read_bytes()
    counts = {line.split()[0]: line.split()[1] for line in rows.splitlines()}
    assert counts["scalars"] == counts["own_nodes"] == ROWS
    assert counts["auth_sessions"] == counts["auth_api_keys"] == "1"

    large = on_new_database(large, "arrived")
    moved = large.move(lite.database)
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "left behind, as no model has them: leftover\n" in moved.stdout
    assert large.rows("dump") == rows
    assert file_of(lite).read_bytes() == bytes_before
    renew = (*refresh[:2], {"refreshToken": tokens["refreshToken"]})
    (again, _), (renewed, _) = large.requests(login, renew)
    assert (again, renewed) == (200, 200)
    node = "INSERT INTO own_nodes (name) VALUES ('new') RETURNING id"
    assert asyncio.run(value(large.database, node)) == int(ROWS) + 1

    rows = large.rows("dump")
    lite = replace(lite, database=f"sqlite+aiosqlite:///{tmp_path}/back.sqlite3")
    refused = lite.move(large.database)
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    install = refused.stderr.partition("for the time being: ")[2].splitlines()[0]
    run(install.split(), lite.folder)
    moved = lite.move(large.database)
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert lite.rows("dump") == rows
    again, _ = lite.requests(login)[0]
    assert again == 200


def test_rows_that_postgresql_refuses(
    lite: Installed, large: Installed, tmp_path: Path
) -> None:
    """SQLite keeps what it is given: all of it is named, and nothing moves."""
    bad = tmp_path / "bad.sqlite3"
    with sqlite3.connect(file_of(lite)) as good, sqlite3.connect(bad) as copy:
        good.backup(copy)
        copy.executescript("""
            UPDATE own_nodes SET name = 'nul' || char(0) WHERE id = 7;
            UPDATE own_nodes SET parent_id = 987654 WHERE id = 9;
            UPDATE own_nodes SET name = CAST(x'ff7a7a' AS TEXT) WHERE id = 2400;
            UPDATE scalars SET text = replace(hex(zeroblob(30)), '00', 'too')
                WHERE id = 3;
            UPDATE scalars SET day = 'someday' WHERE id = 4;
            UPDATE scalars SET whatever = '{' WHERE id = 5;
            UPDATE scalars SET big = 'lots' WHERE id = 6;
            """)
    large = on_new_database(large, "refusing")
    done = large.move(f"sqlite:///{bad}")
    assert done.returncode == 2
    found = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    places = [line.strip().partition(":")[0] for line in found]
    assert sorted(places) == [
        "own_nodes [2400].name",
        "own_nodes [7].name",
        "own_nodes [9].parent_id",
        "scalars [3].text",
        "scalars [4].day",
        "scalars [5].whatever",
        "scalars [6].big",
    ]
    for value in ("nul", "987654", "zz", "tootoo", "someday", "lots"):
        assert value not in done.stderr
    assert {line.split()[1] for line in large.rows("dump").splitlines()} == {"0"}

    # a column that takes the values and keeps less of them
    with sqlite3.connect(bad) as copy:
        copy.execute("DELETE FROM scalars WHERE id < 7 OR id > 50")
    narrow = "ALTER TABLE scalars ALTER COLUMN moment TYPE timestamptz(0)"
    asyncio.run(execute(large.database, narrow))
    done = large.move(f"sqlite:///{bad}", CONTEXTS="scalars")
    assert done.returncode == 2
    assert "scalars would not be the same" in done.stderr
    assert {line.split()[1] for line in large.rows("dump").splitlines()} == {"0"}


async def value(server: str, statement: str) -> object:
    connection = await asyncpg.connect(server.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
