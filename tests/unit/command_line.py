"""The command line, called in this process."""

import sys
from pathlib import Path

import pytest

from groundplan import cli


class Result:
    """What a call printed and how it ended."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out
        self.err = err


class Cli:
    """Calls the command line in this process, in a folder of its own."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, *arguments: str | Path) -> Result:
        self.monkeypatch.setattr(sys, "argv", ["groundplan", *map(str, arguments)])
        self.capsys.readouterr()
        try:
            cli.main()
            status = 0
        except SystemExit as stopped:
            status = stopped.code if isinstance(stopped.code, int) else 0
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(status, out, err)
