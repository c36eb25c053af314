"""What tests of several modules begin with."""

from pathlib import Path

import pytest

from .command_line import Cli


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
