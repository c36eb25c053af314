"""The databases of the tests: SQLite files in a temporary folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

MakeDatabase = Callable[[str], str]


@pytest.fixture(scope="session")
def make_database(tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Make an empty database of that name; gives its URL."""
    folder: Path = tmp_path_factory.mktemp("databases")
    return lambda name: f"sqlite+aiosqlite:///{folder / name}.sqlite3"


@pytest.fixture(scope="session")
def unreachable_database() -> str:
    """The URL of a database that nobody can open."""
    return "sqlite+aiosqlite:////dev/null/missing.sqlite3"
