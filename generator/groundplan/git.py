"""Runs git, whatever repository the caller's environment is about."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from .errors import ToolError

_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
_LONGEST: Final = 900
"""Seconds after which git is taken for stuck: the first clone of a repository over a
slow line ends before."""


def git(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """How a command of git ended in a folder.

    `environment` is added to the caller's. Raises ToolError without git, and when it
    does not end.
    """
    inherited = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=inherited | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_LONGEST,
        )
    except FileNotFoundError as error:
        raise ToolError("git is not installed", "Install git.") from error
    except subprocess.TimeoutExpired as error:
        raise ToolError(
            f"git {arguments[0]}: no end after {_LONGEST} seconds",
            "Look whether the network and the server answer.",
        ) from error
