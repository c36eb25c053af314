"""What projects that change share: the environment of all rows, and PostgreSQL."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from benchmarks.postgres import database, execute

from ..pairs.conftest import python
from ..run.conftest import make_project, template

__all__ = ["make_project", "python", "template"]

SECRET = "the same in every version, and of 32 bytes"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server's first database."""
    with database() as url:
        yield url


@pytest.fixture(scope="session")
def new_database(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., str]:
    """Make a database of an engine; the URL as the settings take it.

    With `like`, it is a copy of that database, which nobody may be using.
    """
    place = tmp_path_factory.mktemp("databases")

    def made(engine: str, like: str = "") -> str:
        name = f"d{uuid4().hex}"
        if engine == "sqlite":
            file = place / f"{name}.sqlite3"
            if like:
                file.write_bytes(Path(like.partition(":///")[2]).read_bytes())
            return f"sqlite+aiosqlite:///{file}"
        copied = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
        asyncio.run(execute(postgres, f"CREATE DATABASE {name}{copied}"))
        url = f"{postgres.rpartition('/')[0]}/{name}"
        return url.replace("postgresql://", "postgresql+asyncpg://")

    return made


def environment(package: str, url: str, **more: str) -> dict[str, str]:
    """What a project's commands are run with: its database and a secret."""
    given = {"DATABASE_URL": url, "JWT_SECRET": SECRET}
    prefix = package.upper()
    return os.environ | {f"{prefix}_{name}": v for name, v in given.items()} | more
