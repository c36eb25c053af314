"""Where versions of the template come from: a checkout, a wheel's bundle, a URL.

A project's answers name the origin of their version. They may come with somebody's
clone, so what they name is compared with what this command knows, and never opened:
only the command's own repository, its canonical URL and what the user names are.
"""

import functools
import tempfile
import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from . import bundle, repositories, source
from .bundle import Origin
from .errors import ProjectError

__all__ = [
    "Origin",
    "canonical_url",
    "checkout",
    "has_public_home",
    "is_known",
    "is_older",
    "nearest",
    "newest",
    "uncommitted",
]
_TEMPLATE: Final = ("copier.yml", "template")


def newest() -> Origin:
    """The version that the running command is. Raises ProjectError where it is none."""
    origin = nearest()
    if origin is None:
        raise ProjectError(
            f"{source.repository()}: is a copy without its history",
            "Run groundplan from a clone of its repository, or install a release.",
        )
    return origin


@functools.cache
def nearest() -> Origin | None:
    """The version that the running command is, but for what is not committed.

    None for files that came without their history. Raises ToolError.
    """
    repository = source.repository()
    if not (repository / ".git").exists():
        return bundle.read_origin(repository)
    if repositories.commit_of(repository, "HEAD") is None:
        return None
    return Origin(str(repository), bundle.describe(repository))


def uncommitted() -> bool:
    """Whether the template of the running command differs from `nearest`."""
    repository = source.repository()
    if not (repository / ".git").exists():
        return False
    return bool(bundle.uncommitted(repository, *_TEMPLATE))


def canonical_url() -> str | None:
    """The public URL of the repository, or None where only a path is known."""
    repository = source.repository()
    if origin := bundle.read_origin(repository):
        return origin.url
    manifest = repository / "pyproject.toml"
    if not manifest.is_file():
        return None
    data = tomllib.loads(manifest.read_text(encoding="utf-8"))
    url = data.get("project", {}).get("urls", {}).get("Repository")
    return url if isinstance(url, str) else None


def has_public_home(url: str) -> bool:
    """Whether a URL can be asked: `.invalid` stands for none and is nobody's."""
    host = urlsplit(url).hostname
    return host is not None and not host.rstrip(".").endswith(".invalid")


def is_known(origin: Origin) -> bool:
    """Whether an origin is the running command's own repository, or its public URL."""
    if repositories.is_path(origin.url):
        own = source.repository()
        return repositories.folder(origin.url).resolve() == own.resolve()
    canonical = canonical_url()
    return canonical is not None and _plain(origin.url) == _plain(canonical)


def _plain(url: str) -> str:
    """A URL without what makes no difference to which repository is meant."""
    expanded = repositories.expanded(url)
    parts = urlsplit(expanded)
    path = parts.path.rstrip("/").removesuffix(".git")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def is_older(one: str, other: str) -> bool:
    """Whether version `one` is among the past of version `other`, and not the same.

    Both as the answers record them. Raises ProjectError where the running command
    does not have one of them: it may be older than both.
    """
    repository = _own()
    if repository is None:
        raise _without_history()
    commits = []
    for version in (one, other):
        commit = repositories.commit_of(repository, version)
        if commit is None:
            raise _missing(repository, version)
        commits.append(commit)
    return commits[0] != commits[1] and repositories.is_ancestor(repository, *commits)


def checkout(origin: Origin, folder: Path, *, moved_to: str | None = None) -> None:
    """Write the template of a version (`copier.yml`, `template/`) into a folder.

    `moved_to` is the URL or path that the user names for a template that is no longer
    where the answers say; it must have the version. Raises ProjectError, ToolError.
    """
    repository, commit = _find(origin, moved_to)
    repositories.extract(repository, commit, folder, _TEMPLATE)


def _find(origin: Origin, moved_to: str | None) -> tuple[Path, str]:
    """A repository that may be read and has the version, and the full hash."""
    if moved_to is not None:
        return _named(origin, moved_to)
    if not is_known(origin):
        raise ProjectError(
            f"the project comes from {origin.url}, which is not where this groundplan "
            f"comes from ({canonical_url() or source.repository()})",
            "If you trust it, name it: --source URL-or-folder. Otherwise run the "
            "groundplan that made the project.",
        )
    own = _own()
    if own is not None and (commit := repositories.commit_of(own, origin.commit)):
        return own, commit
    url = canonical_url()
    if repositories.is_path(origin.url) or url is None or not has_public_home(url):
        raise _without_history() if own is None else _missing(own, origin.commit)
    public = _clone(url)
    if commit := repositories.commit_of(public, origin.commit):
        return public, commit
    raise _absent(origin.commit, url)


def _named(origin: Origin, place: str) -> tuple[Path, str]:
    repository = _clone(place)
    commit = repositories.commit_of(repository, origin.commit)
    if commit is not None:
        return repository, commit
    if repositories.is_shallow(repository):
        raise _shallow(place, origin.commit)
    raise _absent(origin.commit, place)


def _own() -> Path | None:
    """The running command's repository, or None where it came without a history."""
    repository = source.repository()
    if (repository / ".git").exists():
        return repository
    packed = repository / bundle.BUNDLE
    return _clone(str(packed)) if packed.is_file() else None


@functools.cache
def _private() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process, gone at its end: nothing in it can be stale."""
    return tempfile.TemporaryDirectory(prefix="groundplan-")


@functools.cache
def _clone(place: str) -> Path:
    target = Path(tempfile.mkdtemp(dir=_private().name)) / "history.git"
    repositories.clone(place, target)
    return target


def _missing(repository: Path, version: str) -> ProjectError:
    """Why the command's own history lacks a version."""
    if repositories.is_shallow(repository):
        return _shallow(str(repository), version)
    own = nearest()
    return ProjectError(
        f"version {version} is not in the history of this groundplan "
        f"({own.commit if own else 'of no version'})",
        "It may be newer: install a newer groundplan, or `git fetch --tags` in its "
        "checkout. If the template has moved, name its repository with --source.",
    )


def _shallow(place: str, version: str) -> ProjectError:
    return ProjectError(
        f"{place}: is a shallow clone without version {version}",
        (
            f"Run `git fetch --unshallow --tags` in {place}."
            if repositories.is_path(place)
            else "Use a full clone."
        ),
    )


def _absent(version: str, place: str) -> ProjectError:
    return ProjectError(
        f"{place}: has no version {version}, from which the project was made",
        "Name the repository that the project's template moved to.",
    )


def _without_history() -> ProjectError:
    return ProjectError(
        "this groundplan was built from a shallow or partial clone and carries no "
        "history",
        "Install a release, or run it from a full clone of its repository.",
    )
