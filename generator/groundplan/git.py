"""Runs git, whatever repository the caller's environment is about."""

import os
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from .errors import ToolError

_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
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
    done = git_bytes(folder, *arguments, settings=environment)
    return subprocess.CompletedProcess(
        done.args,
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


def git_bytes(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    settings: Mapping[str, str] | None = None,
    held: Collection[int] = (),
) -> subprocess.CompletedProcess[bytes]:
    """The same for input and output that is not text, and names that are not UTF-8.

    `settings` are variables of the environment, `held` files that stay open in it.
    Raises ToolError without git.
    """
    environment = {k: v for k, v in os.environ.items() if k not in _ELSEWHERE}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment | dict(settings or {}),
            input=stdin,
            capture_output=True,
            check=False,
            pass_fds=held,
            timeout=_LONGEST,
        )
    except FileNotFoundError as error:
        raise ToolError("git is not installed", "Install git.") from error
    except subprocess.TimeoutExpired as error:
        raise ToolError(
            f"git {arguments[0]}: no end after {_LONGEST} seconds",
            "Look whether the network and the server answer.",
        ) from error


def identity(folder: Path) -> list[str]:
    """Options for a commit where nobody has told git who they are; else none."""
    if git(folder, "config", "user.email").stdout.strip():
        return []
    return ["-c", "user.name=groundplan", "-c", "user.email=groundplan@localhost"]
