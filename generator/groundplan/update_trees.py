"""A project's files in its repository: what was committed, and what is made of it."""

import os

from .errors import ProjectError
from .line_ends import as_windows, is_windows
from .reader import Json, parse
from .repository import Entry, Repository, Tree
from .rerender import Files, Rerendered
from .workspace import ANSWERS

WAS, IS_NOW = "What was generated", "What is generated now"
_LARGE = 4_000_000  # bytes: no file of this size was ever generated


def tree_of(repo: Repository, commit: str) -> str:
    """The project's tree in a commit."""
    return f"{commit}:{repo.prefix.rstrip('/')}"


def recorded_in(repo: Repository, tree: Tree) -> dict[str, Json]:
    """The answers as they were committed. Raises GroundplanError."""
    if ANSWERS not in tree:
        raise ProjectError(
            f"{repo.project}: is not committed", "`git add --all && git commit`."
        )
    blob = tree[ANSWERS].blob
    text = repo.contents([blob])[blob].decode("utf-8", "replace")
    return parse(text, ANSWERS).data


def contents_of(repo: Repository, tree: Tree) -> dict[str, bytes]:
    """What the files of a tree hold, other than links and what is large."""
    files = {path: entry.blob for path, entry in tree.items() if entry.mode[:2] == "10"}
    asked = "\n".join(files.values()).encode()
    sizes = repo.run("cat-file", "--batch-check=%(objectsize)", stdin=asked).split()
    small = [p for p, size in zip(files, sizes, strict=True) if int(size) < _LARGE]
    found = repo.contents([files[path] for path in small])
    return {path: found[files[path]] for path in small}


def commits_of(
    repo: Repository, made: Rerendered, start: Tree, begun: str
) -> tuple[str, str]:
    """The old and the new state as commits, with the line ends that the team has.

    `begun` is a commit of `start`, the project's files as they are.
    """
    names = {path: path for path in made.old if path in start}
    old = _commit(repo, made.old, set(), (), WAS)
    if len(names) < len(made.old):
        names |= _renamed(repo, old, begun)
    blobs = {path: start[name].blob for path, name in names.items()}
    contents = repo.contents(list(blobs.values())) if blobs else {}
    windows = {path for path, blob in blobs.items() if is_windows(contents[blob])}
    if windows:
        old = _commit(repo, made.old, windows, (), WAS)
    new = _commit(repo, made.new, windows, (old,), IS_NOW)
    if windows:
        renamed = {b for a, b in _renamed(repo, old, new).items() if a in windows}
        if renamed:
            new = _commit(repo, made.new, windows | renamed, (old,), IS_NOW)
    return old, new


def _renamed(repo: Repository, before: str, after: str) -> dict[str, str]:
    """The files that have another name in another commit, by their old name."""
    command = ("diff-tree", "-r", "-M", "--diff-filter=R", "-z", "--name-status")
    words = [
        os.fsdecode(word) for word in repo.run(*command, before, after).split(b"\0")
    ]
    return dict(zip(words[1::3], words[2::3], strict=False))


def _commit(
    repo: Repository,
    files: Files,
    windows: set[str],
    parents: tuple[str, ...],
    message: str,
) -> str:
    contents = [
        as_windows(content) if path in windows else content
        for path, (_, content) in files.items()
    ]
    blobs = repo.store(contents)
    tree = {
        path: Entry(mode, blob)
        for (path, (mode, _)), blob in zip(files.items(), blobs, strict=True)
    }
    return repo.commit(repo.write_tree(tree), parents, message)
