"""Packs the template's history for an sdist and a wheel: a git bundle, and its origin.

Builds import it in an environment that has nothing but hatchling.
"""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .errors import ProjectError, ToolError
from .git import git

BUNDLE: Final = "history.bundle"
ORIGIN: Final = "origin.json"
PACKED: Final = ("copier.yml", "generator", "presets", "pyproject.toml", "template")
"""What a wheel is made of: all of it has to be committed."""
TAGS: Final = "v[0-9]*"
_BRANCH: Final = "refs/heads/main"
# One thread and no reuse of old packs: the same commit gives the same bytes with the
# same version of git.
_STABLE: Final = ("-c", "pack.threads=1", "-c", "pack.compression=9", "-c", "gc.auto=0")


@dataclass(frozen=True)
class Origin:
    """Where a version of the template is to be had, as the answers record it.

    `url` is a URL of git or the path of a checkout (`_src_path`), `commit` what
    ``git describe`` says (`_commit`): v0.1.0, v0.1.0-3-gabc1234 or abc1234. `named`
    says that the user has typed the URL, so that it may be opened.
    """

    url: str
    commit: str
    named: bool = field(default=False, compare=False)


def read_origin(folder: Path) -> Origin | None:
    """The origin of what was unpacked in a folder, or None where none is written."""
    path = folder / ORIGIN
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Origin(data["url"], data["commit"])


def write(repository: Path, folder: Path, url: str) -> Origin:
    """Write the origin of a checkout's HEAD, and the history up to it as a bundle.

    A shallow or partial clone has no history to give: it gets no bundle. Raises
    ProjectError where something that is packed is not committed, ToolError.
    """
    if changed := uncommitted(repository, *PACKED):
        raise ProjectError(
            f"{repository}: {changed[0]} is not committed, and a wheel says from which "
            "commit it is",
            "Commit or stash, then build again.",
        )
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        if is_whole(repository):
            history = Path(place) / "history.git"
            _gather(repository, history)
            refs = ("HEAD", _BRANCH, "--tags")
            target = str((folder / BUNDLE).absolute())
            run(history, *_STABLE, "bundle", "create", "-q", target, *refs)
            origin = Origin(url, describe(history))
        else:
            origin = Origin(url, describe(repository))
    about = {"commit": origin.commit, "url": origin.url}
    text = json.dumps(about, indent=2)
    (folder / ORIGIN).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return origin


def _gather(repository: Path, history: Path) -> None:
    """A bare repository with HEAD as its branch and the versions before it."""
    listed = ("for-each-ref", "--format=%(refname)", "--merged=HEAD", "refs/tags/")
    tags = [
        name
        for name in run(repository, *listed).splitlines()
        if name.startswith("refs/tags/v") and name[len("refs/tags/v") :][:1].isdigit()
    ]
    run(repository, "init", "--quiet", "--bare", "--template=", str(history))
    refs = [f"HEAD:{_BRANCH}", *(f"{name}:{name}" for name in tags)]
    origin = str(repository.absolute())
    run(history, "fetch", "--quiet", "--no-tags", "--", origin, *refs)
    run(history, "symbolic-ref", "HEAD", _BRANCH)
    run(history, *_STABLE, "repack", "-q", "-a", "-d", "-F", "--window=50")


def describe(repository: Path) -> str:
    """The name of HEAD: its version, or the last one with the commit's hash."""
    options = ("--tags", "--always", "--abbrev=12", f"--match={TAGS}")
    return run(repository, "describe", *options).strip()


def uncommitted(repository: Path, *paths: str) -> list[str]:
    """Files below some paths that differ from HEAD, or are not known to git."""
    # git's cache of the index may be another user's: read, not refreshed
    status = ("--no-optional-locks", "-c", "core.fsmonitor=false", "status")
    options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all")
    output = run(repository, *status, *options, "--", *paths)
    return [entry[3:] for entry in output.split("\0") if entry]


def is_whole(repository: Path) -> bool:
    """Whether all commits and files of the past are there."""
    shallow = run(repository, "rev-parse", "--is-shallow-repository").strip()
    key = r"^(extensions\.partialclone|remote\..*\.promisor)$"
    partial = git(repository, "config", "--get-regexp", key).stdout
    return shallow == "false" and not partial.strip()


def run(folder: Path, *arguments: str) -> str:
    """What git prints. Raises ToolError with its message when it fails."""
    done = git(folder, *arguments)
    if done.returncode:
        command = next(a for a in arguments if not a.startswith("-") and "=" not in a)
        reason = next(iter(done.stderr.strip().splitlines()), "failed")
        raise ToolError(f"git {command}: {reason}", "See the message of git.")
    return done.stdout
