"""Where versions of the template come from: a checkout, a wheel's bundle, a URL.

A project's answers name the origin of their version. They may come with somebody's
clone, so what they name is compared with what this command knows, and never opened:
only the command's own repository, its canonical URL and what the user names are.
"""

import functools
import tempfile
import tomllib
from collections.abc import Iterator
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
    "holds",
    "is_known",
    "is_older",
    "is_same",
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
    return host is not None and not f".{host.rstrip('.')}".endswith(".invalid")


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


def holds(origin: Origin) -> bool:
    """Whether a source has a version; it is looked into where it is known or named.

    Raises ToolError.
    """
    places = _places(origin)
    return any(repositories.commit_of(place, origin.commit) for place in places)


def is_older(one: Origin, other: Origin) -> bool:
    """Whether version `one` is in the past of version `other`, and not the same.

    False where no repository that may be read has both. Raises ToolError.
    """
    for repository in dict.fromkeys((*_places(other), *_places(one))):
        commits = [repositories.commit_of(repository, o.commit) for o in (one, other)]
        first, second = commits
        if first and second:
            differ = first != second
            return differ and repositories.is_ancestor(repository, first, second)
    return False


def is_same(one: Origin, other: Origin) -> bool:
    """Whether two names are of one version. Raises ToolError."""
    if one.commit == other.commit:
        return True
    for repository in dict.fromkeys((*_places(other), *_places(one))):
        commits = {repositories.commit_of(repository, o.commit) for o in (one, other)}
        if None not in commits:
            return len(commits) == 1
    return False


def checkout(origin: Origin, folder: Path) -> None:
    """Write the template of a version (`copier.yml`, `template/`) into a folder.

    Raises ProjectError for an origin that is neither known nor named by the user, and
    for a version that it does not have; ToolError.
    """
    if not (is_known(origin) or origin.named):
        raise ProjectError(
            f"the project comes from {repositories.shown(origin.url)}, which is not "
            "where this groundplan comes from "
            f"({canonical_url() or source.repository()})",
            "If you trust it, name it: --source URL-or-folder. Otherwise run the "
            "groundplan that made the project.",
        )
    for repository in _places(origin):
        if commit := repositories.commit_of(repository, origin.commit):
            repositories.extract(repository, commit, folder, _TEMPLATE)
            return
    raise _missing(origin)


def _places(origin: Origin) -> Iterator[Path]:
    """The repositories to ask for a version, while it is not found: those at hand
    first."""
    own = _own()
    if is_known(origin):
        if own is not None:
            yield own
            if repositories.commit_of(own, origin.commit):
                return
        url = canonical_url()
        if _is_public(origin) and url is not None:
            yield _clone(url)
    elif origin.named:
        yield _clone(origin.url)


def _is_public(origin: Origin) -> bool:
    return not repositories.is_path(origin.url) and has_public_home(origin.url)


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


def _missing(origin: Origin) -> ProjectError:
    """Why nothing that may be read has a version."""
    known = is_known(origin)
    own = _own() if known else _clone(origin.url)
    place = str(source.repository()) if known else repositories.shown(origin.url)
    if own is not None and repositories.is_shallow(own):
        return ProjectError(
            f"{place}: is a shallow clone without version {origin.commit}",
            f"Run `git fetch --unshallow --tags` in {place}.",
        )
    if not known:
        return ProjectError(
            f"{place}: has no version {origin.commit}, from which the project was made",
            "Name the repository that the project's template moved to.",
        )
    if own is None and not _is_public(origin):
        return ProjectError(
            "this groundplan was built from a shallow or partial clone and carries no "
            "history",
            "Install a release, or run it from a full clone of its repository.",
        )
    return ProjectError(
        f"version {origin.commit} is not in the history of this groundplan "
        f"({newest().commit})",
        "It may be newer: install a newer groundplan, or `git fetch --tags` in its "
        "checkout. If the template has moved, name its repository with --source.",
    )
