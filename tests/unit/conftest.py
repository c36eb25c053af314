"""What tests of several modules begin with."""

from pathlib import Path

import pytest

from .command_line import Cli
from .updates import Store, Workplace


@pytest.fixture
def groundplan(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Cli(monkeypatch, capsys)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A template, projects and what Copier renders, made once for a module."""
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture
def place(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A template that moves on, and projects made from it."""
    return Workplace(tmp_path, store, monkeypatch)
