"""Repositories and wheels in which the running command lies, and versions in them."""

from pathlib import Path

import pytest

from groundplan import bundle, history, source
from groundplan.history import Origin

from ..repositories import git

PLACEHOLDER = "https://groundplan.invalid/groundplan.git"
FILES = ["copier.yml", "template", "template/file", "template/run"]


class Command:
    """The running command, as if its files lay in some folder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def is_in(self, folder: Path) -> None:
        self.monkeypatch.setattr(source, "repository", lambda: folder)


def versions(repository: Path, *names: str) -> list[Origin]:
    """Versions of a repository, by their hashes."""
    hashes = (git(repository, "rev-parse", f"{name}^{{commit}}") for name in names)
    return [Origin(str(repository), found) for found in hashes]


def wheel(repository: Path, folder: Path, url: str = PLACEHOLDER) -> Path:
    """What a wheel has beside the package."""
    folder.mkdir()
    bundle.write(repository, folder, url)
    return folder


def named(place: Path | str, commit: str) -> Origin:
    """A version in a place that the user has named."""
    return Origin(str(place), commit, named=True)


def text_of(origin: Origin, folder: Path) -> str:
    """The template's file in a version."""
    history.checkout(origin, folder)
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    assert found == FILES
    return (folder / "template" / "file").read_bytes().decode()
