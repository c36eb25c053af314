"""The git repository of a project, by its plumbing: trees, blobs, commits.

A project may be a folder of a repository. Its trees are those of that folder, so that
all that is merged is the project's, and the rest is never looked at.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from .errors import ProjectError, ToolError
from .git import git, git_bytes, identity

# Nothing that is set up for people's own work runs or is asked here.
QUIET = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "gc.auto=0"),
    *("-c", "advice.detachedHead=false"),
    *("-c", "core.quotePath=false"),
)


@dataclass(frozen=True)
class Entry:
    """A file of a tree: its mode as git writes it, and the id of its content."""

    mode: str
    blob: str


Tree: TypeAlias = Mapping[str, Entry]
Changes: TypeAlias = Mapping[str, tuple[Entry | None, Entry | None]]
"""What is different between two trees, by path: before and after."""


@dataclass(frozen=True)
class Repository:
    """A checkout and the folder of it that holds the project.

    `prefix` is that folder with a slash behind it, or empty; `private` is what git
    keeps of this checkout, `common` what all checkouts of the repository share. `turn`
    is an open file that every git that is started holds too.
    """

    root: Path
    prefix: str
    private: Path
    common: Path
    turn: int | None = None

    @cached_property
    def project(self) -> Path:
        """The folder of the project."""
        return self.root / self.prefix

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        index: Path | None = None,
        at: Path | None = None,
    ) -> bytes:
        """What a command of git prints. Raises ToolError when it fails."""
        settings = {"GIT_OPTIONAL_LOCKS": "0"}
        if index:
            settings["GIT_INDEX_FILE"] = str(index)
        place = at or self.root
        held = () if self.turn is None else (self.turn,)
        done = git_bytes(
            place, *QUIET, *arguments, stdin=stdin, settings=settings, held=held
        )
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            words = lines[0] if lines else "failed"
            locked = ".lock': File exists" in words
            raise ToolError(
                f"git {arguments[0]}: {words}",
                (
                    "A git that is at work has it, or one that was killed left it: if "
                    "no git is running, remove it, and run this again."
                    if locked
                    else "See the message of git."
                ),
            )
        return done.stdout

    def ask(self, *arguments: str) -> str:
        """One line that git prints, or nothing where it fails."""
        done = git(self.root, *arguments)
        return done.stdout.strip() if done.returncode == 0 else ""

    def tree(self, treeish: str) -> dict[str, Entry]:
        """The files of a tree, by path."""
        found = {}
        for line in self.run("ls-tree", "-r", "-z", treeish).split(b"\0"):
            if line:
                about, _, name = line.partition(b"\t")
                mode, _, blob = about.decode().split(" ")
                found[os.fsdecode(name)] = Entry(mode, blob)
        return found

    def contents(self, blobs: Sequence[str]) -> dict[str, bytes]:
        """The contents of blobs, by their ids."""
        wanted = list(dict.fromkeys(blobs))
        output = self.run("cat-file", "--batch", stdin="\n".join(wanted).encode())
        found, at = {}, 0
        for blob in wanted:
            end = output.index(b"\n", at)
            size = int(output[at:end].rsplit(b" ", 1)[1])
            found[blob] = output[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def store(self, contents: Sequence[bytes]) -> list[str]:
        """The ids of contents, which are objects of the repository from then on."""
        if not contents:
            return []
        with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
            paths = [Path(place, str(number)) for number in range(len(contents))]
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
            names = "\n".join(map(str, paths)).encode()
            command = ("hash-object", "-w", "--no-filters", "--stdin-paths")
            return self.run(*command, stdin=names).decode().split()

    def write_tree(self, tree: Tree) -> str:
        """The id of a tree with these files."""
        return self._written(None, {p: (None, entry) for p, entry in tree.items()})

    def changed_tree(self, commit: str, changes: Changes) -> str:
        """The id of a commit's whole tree with changes in the project's folder."""
        return self._written(commit, changes, self.prefix)

    def _written(self, commit: str | None, changes: Changes, prefix: str = "") -> str:
        with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
            index = Path(place) / "index"
            if commit:
                self.run("read-tree", commit, index=index)
            self.set_entries(index, changes, prefix)
            return self.run("write-tree", index=index).decode().strip()

    def set_entries(self, index: Path, changes: Changes, prefix: str) -> None:
        """Have an index hold what changes lead to."""
        going, coming = [], []
        for path, (old, new) in changes.items():
            name = os.fsencode(prefix + path) + b"\0"
            if new is not None:
                coming.append(f"{new.mode} {new.blob}\t".encode() + name)
            elif old is not None:
                going.append(f"0 {'0' * len(old.blob)}\t".encode() + name)
        # a folder may take the place of a file: what goes, goes first
        lines = b"".join(going + coming)
        self.run("update-index", "-z", "--index-info", stdin=lines, index=index)

    def commit(self, tree: str, parents: Sequence[str], message: str) -> str:
        """The id of a new commit, which nothing names. No hook runs."""
        options = [option for parent in parents for option in ("-p", parent)]
        command = (*identity(self.root), "commit-tree", tree, *options)
        return self.run(*command, stdin=message.encode()).decode().strip()


def find(folder: Path) -> Repository:
    """The repository that a folder is in. Raises ProjectError where there is none."""
    keys = ("--show-toplevel", "--show-prefix", "--absolute-git-dir")
    done = git_bytes(folder, "rev-parse", *keys, "--git-common-dir")
    lines = [os.fsdecode(line) for line in done.stdout.split(b"\n")]
    if done.returncode or len(lines) < 4:
        raise ProjectError(
            f"{folder}: is not in a git repository",
            "Only what is committed can be updated and taken back: "
            "`git init && git add --all && git commit`.",
        )
    root, prefix, private, common = lines[:4]
    return Repository(Path(root), prefix, Path(private), (folder / common).resolve())


def changes(before: Tree, after: Tree) -> dict[str, tuple[Entry | None, Entry | None]]:
    """What is different between two trees."""
    return {
        path: (before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    }
