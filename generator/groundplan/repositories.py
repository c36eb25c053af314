"""Reads repositories of git that others have made, without running anything of theirs.

No hooks, filters, submodules or file-system monitors, no questions on a terminal, and
no transport beyond https, ssh and a folder that the user names. Settings of the user
and the system stay, but for these: proxies and certificates are among them.
"""

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from .errors import AnswerError, ProjectError, ToolError
from .git import git

_RECORDED: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]*\Z")
_BETWEEN_TAGS: Final = re.compile(r".+-\d+-g([0-9a-f]{7,64})\Z")
_HASH: Final = re.compile(r"[0-9a-f]{7,64}\Z")
_SCP_LIKE: Final = re.compile(r"([\w.-]+@[\w.-]+):(?!/?/)([^\s]+)\Z")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_SHORTCUTS: Final = {"gh": "https://github.com", "gl": "https://gitlab.com"}
_TRANSPORTS: Final = ("https", "ssh")
_SETTINGS: Final = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    # the same bytes whatever the user's own checkouts look like
    "core.autocrlf": "false",
    "core.eol": "lf",
    "gc.auto": "0",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    # a server that says nothing for half a minute has gone away
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "30",
}


def is_path(place: str) -> bool:
    """Whether a repository is named by its path, not by a URL."""
    return place.startswith("file:") or not (
        _SCHEME.match(place) or _SCP_LIKE.match(place)
    )


def folder(place: str) -> Path:
    """The path that `is_path` has found, absolute."""
    if place.startswith("file:"):
        place = unquote(urlsplit(place).path)
    return Path(place).expanduser().absolute()


def expanded(url: str) -> str:
    """A URL as git takes it: without Copier's shortcuts and prefix."""
    url = url.removeprefix("git+")
    shortcut, _, path = url.partition(":")
    if shortcut in _SHORTCUTS and not path.startswith("//"):
        return f"{_SHORTCUTS[shortcut]}/{path.strip('/').removesuffix('.git')}.git"
    if match := _SCP_LIKE.match(url):
        return f"ssh://{match[1]}/{match[2]}"
    return url


def shown(place: str) -> str:
    """A URL for messages: without a name and password that it may hold."""
    return re.sub(r"://[^/@\s]*@", "://", place)


def clone(place: str, target: Path) -> None:
    """Fetch what the user named (URL, folder or bundle) into a new bare repository.

    Raises AnswerError for a transport that is refused, ToolError.
    """
    if place.startswith("-") or any(ord(character) < 32 for character in place):
        raise AnswerError(f"{place!r}: is no repository", "Name a URL or a folder.")
    if is_path(place):
        origin, allowed = str(folder(place)), "file"
        if not Path(origin).exists():
            raise AnswerError(f"{origin}: is not there", "Name a URL or a folder.")
    else:
        origin, allowed = expanded(place), ":".join(_TRANSPORTS)
        if not origin.startswith(tuple(f"{name}://" for name in _TRANSPORTS)):
            raise AnswerError(
                f"{shown(place)}: only https and ssh are safe to fetch code by",
                "Name a https:// or ssh:// URL, or the folder of a clone.",
            )
    options = ("--quiet", "--bare", "--no-local", "--template=")
    done = _git(target.parent, "clone", *options, "--", origin, str(target), by=allowed)
    if done.returncode:
        raise ToolError(
            f"{shown(place)}: cannot be cloned: {shown(_reason(done.stderr))}",
            "Look whether the address is right and can be reached from here.",
        )


def commit_of(repository: Path, version: str) -> str | None:
    """The full hash of a version as the answers record it, or None where it is not."""
    if not _RECORDED.match(version):
        return None
    between = _BETWEEN_TAGS.match(version)
    digits = between[1] if between else version
    is_hash = _HASH.match(digits) is not None
    name = digits if is_hash or version == "HEAD" else f"refs/tags/{version}"
    done = _git(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    commit = done.stdout.strip()
    # a branch may have a name that looks like a hash
    return commit if commit and (not is_hash or commit.startswith(digits)) else None


def is_ancestor(repository: Path, one: str, other: str) -> bool:
    """Whether commit `one` is in the past of `other`, or the same. Raises ToolError."""
    done = _git(repository, "merge-base", "--is-ancestor", one, other)
    if done.returncode not in (0, 1):
        raise ToolError(f"git merge-base: {_reason(done.stderr)}")
    return done.returncode == 0


def is_shallow(repository: Path) -> bool:
    """Whether a repository ends before the first commit."""
    done = _git(repository, "rev-parse", "--is-shallow-repository")
    return done.stdout.strip() == "true"


def extract(
    repository: Path, commit: str, folder: Path, paths: tuple[str, ...]
) -> None:
    """Write what a commit has below some paths into a folder.

    Raises ProjectError for a link or another thing that is no file, ToolError.
    """
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        packed = Path(place) / "tree.tar"
        options = ("--format=tar", f"--output={packed}")
        done = _git(repository, "archive", *options, commit, "--", *paths)
        if done.returncode:
            raise ToolError(
                f"git archive {commit[:12]}: {_reason(done.stderr)}",
                "Is this the repository of a Groundplan template?",
            )
        with tarfile.open(packed) as archive:
            for member in archive:
                _unpack(archive, member, folder)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    stream = archive.extractfile(member) if member.isfile() else None
    inside = not name.is_absolute() and ".." not in name.parts
    if not inside or (stream is None and not member.isdir()):
        raise ProjectError(
            f"{member.name}: is neither a file nor a folder of the template",
            "Report it to whoever keeps the template.",
        )
    target = folder / name
    if stream is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with stream, target.open("wb") as file:
        shutil.copyfileobj(stream, file)
    target.chmod(0o755 if member.mode & 0o100 else 0o644)


def _git(
    place: Path, *arguments: str, by: str = "file:https:ssh"
) -> subprocess.CompletedProcess[str]:
    settings = [part for item in _SETTINGS.items() for part in ("-c", "=".join(item))]
    environment = {
        "GIT_ALLOW_PROTOCOL": by,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }
    if "GIT_SSH_COMMAND" not in os.environ and "GIT_SSH" not in os.environ:
        environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=30"
    return git(place, *settings, *arguments, environment=environment)


def _reason(output: str) -> str:
    lines = [
        line for line in output.splitlines() if line.startswith(("fatal", "error"))
    ]
    return (lines or output.splitlines() or ["failed"])[0]
