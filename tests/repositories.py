"""Repositories of git with a small template, for tests of where versions come from."""

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")


def git(folder: Path, *arguments: str) -> str:
    """What git prints. Raises CalledProcessError."""
    done = subprocess.run(
        ["git", *IDENTITY, "-c", "commit.gpgsign=false", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def template(folder: Path, text: str = "one\n") -> Path:
    """A repository with a template of one file and a script, committed."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    change(folder, "template/run", "#!/bin/sh\n")
    (folder / "template" / "run").chmod(0o755)
    change(folder, "copier.yml", "_subdirectory: template\n")
    change(folder, "README.md", "Not a part of the template.\n")
    commit(folder, text)
    return folder


def change(folder: Path, name: str, text: str) -> None:
    """Write a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commit(folder: Path, text: str, tag: str | None = None) -> str:
    """Commit everything, with `text` in the template's file; returns the full hash."""
    change(folder, "template/file", text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "A step")
    if tag is not None:
        git(folder, "tag", "--annotate", tag, "-m", tag)
    return git(folder, "rev-parse", "HEAD")


def shallow(folder: Path, origin: Path) -> Path:
    """A clone that has the last commit only."""
    git(origin, "clone", "--quiet", "--depth=1", origin.as_uri(), str(folder))
    return folder
