"""Runs git, whatever repository the caller's environment is about."""

import os
import subprocess
from pathlib import Path

from .errors import ToolError

_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """How a command of git ended in a folder. Raises ToolError without git."""
    environment = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolError("git is not installed", "Install git.") from error
