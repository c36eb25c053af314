"""Where the versions of the template come from: the one that runs, and older ones.

A project records where it came from; that came with somebody's clone. Only sources
that this command knows are ever read: its own repository, or what the user names.
"""

import io
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import source
from .errors import ProjectError
from .git import git, git_bytes

_COMMIT = re.compile(r"[0-9A-Za-z][\w.+/-]*")
_PARTS = ("copier.yml", "template")


@dataclass(frozen=True)
class Origin:
    """A version of the template: where its repository is, and which commit.

    The commit is an id, a tag, or what `git describe` says: `v0.1.0-3-gabc1234`.
    """

    url: str
    commit: str


def newest() -> Origin:
    """The version that is running. Raises ProjectError where it has no history."""
    folder = source.repository()
    described = git(folder, "describe", "--tags", "--always")
    if described.returncode or not (folder / ".git").exists():
        raise ProjectError(
            f"{folder}: has no history to update from",
            "Run the command of a git checkout of the generator.",
        )
    return Origin(str(folder), described.stdout.strip())


def is_known(origin: Origin) -> bool:
    """Whether a recorded source is the one that this command comes from."""
    place = Path(origin.url)
    return place.is_absolute() and place.resolve() == source.repository().resolve()


def has(origin: Origin) -> bool:
    """Whether the source is a repository with this commit."""
    return _resolved(origin.url, origin.commit) is not None


def is_older(one: Origin, other: Origin) -> bool:
    """Whether one version is strictly older than another, as far as that is known."""
    for place in dict.fromkeys((one.url, other.url)):
        first, second = (_resolved(place, o.commit) for o in (one, other))
        if first and second:
            arguments = ("merge-base", "--is-ancestor", first, second)
            return first != second and git(Path(place), *arguments).returncode == 0
    return False


def is_same(one: Origin, other: Origin) -> bool:
    """Whether two versions are the same commit."""
    first, second = (_resolved(o.url, o.commit) for o in (one, other))
    return first is not None and first == second


def checkout(origin: Origin, folder: Path) -> None:
    """Write the template of a version into a folder: `copier.yml` and `template/`.

    Raises ProjectError with the next step where the source does not have it.
    """
    commit = _resolved(origin.url, origin.commit)
    if commit is None:
        shallow = git(Path(origin.url), "rev-parse", "--is-shallow-repository")
        hint = (
            f"It is a shallow clone: `git -C {origin.url} fetch --unshallow`."
            if shallow.stdout.strip() == "true"
            else f"Get it there: `git -C {origin.url} fetch --all --tags`; or name a "
            "repository that has it: --source FOLDER."
        )
        raise ProjectError(
            f"{origin.url}: has no commit {origin.commit}, which the project was made "
            "from",
            hint,
        )
    archive = git_bytes(Path(origin.url), "archive", commit, *_PARTS)
    if archive.returncode:
        raise ProjectError(
            f"{origin.url}: {origin.commit} is no version of this template",
            "Name the repository that the project was made from: --source FOLDER.",
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(folder, filter="data")


def _resolved(place: str, commit: str) -> str | None:
    """The full id of a commit in a local repository."""
    folder = Path(place)
    if not _COMMIT.fullmatch(commit) or not folder.is_absolute() or not folder.is_dir():
        return None
    done = git(folder, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
    return done.stdout.strip() if done.returncode == 0 else None
