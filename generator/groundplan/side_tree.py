"""A worktree beside the checkout, in which an update is made and conflicts are solved.

Its branch is nobody's: it begins at a commit that holds the project alone.
"""

import os
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import threeway
from .errors import ProjectError, ToolError
from .git import git_bytes, identity
from .repository import Entry, Repository
from .update_trees import IS_NOW

OURS, BASE, THEIRS = 2, 1, 3
_PLAIN = "10"  # what the modes of files begin with, but for links and submodules
_MARK = re.compile(rb"^(?:<{7,}|>{7,})(?: .*)?$")


@dataclass(frozen=True)
class SideTree:
    """The worktree in a folder, of the repository that the project is in."""

    repository: Repository
    folder: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What a command of git prints in it. Raises ToolError."""
        return self.repository.run(*arguments, stdin=stdin, at=self.folder)

    def create(self, commit: str) -> None:
        """Check a commit out. Raises ToolError."""
        target = str(self.folder)
        self.repository.run("worktree", "add", "--quiet", "--detach", target, commit)

    def pick(self, commit: str) -> None:
        """Merge what a commit changes, by git; conflicts stay in the index."""
        settings = ("merge.renames=true", "merge.directoryRenames=false")
        options = [word for one in settings for word in ("-c", one)]
        command = (*identity(self.folder), *options, "-c", "rerere.enabled=false")
        try:
            self.run(*command, "cherry-pick", "--no-commit", commit)
        except ToolError:
            if not self.unmerged():
                raise

    def unmerged(self) -> dict[str, dict[int, Entry]]:
        """The files in conflict: their base, ours and theirs, as far as they exist."""
        found: dict[str, dict[int, Entry]] = {}
        for line in self.run("ls-files", "-u", "-z").split(b"\0"):
            if line:
                about, _, name = line.partition(b"\t")
                mode, blob, stage = about.decode().split(" ")
                entries = found.setdefault(os.fsdecode(name), {})
                entries[int(stage)] = Entry(mode, blob)
        return found

    def settle(self) -> list[str]:
        """Solve the conflicts that need nobody; what the new version does not bring.

        What the team removed stays removed, whatever the new version says of it, and
        what the team put in its place stays there. Where both sides only added or
        dropped lines of their own, all of that is meant.
        """
        left_out = []
        unmerged = self.unmerged()
        names = {path: _aside(path) for path in unmerged}
        displaced = {names[path] for path in unmerged if names[path] != path}
        for path, stages in unmerged.items():
            if OURS not in stages and BASE in stages:
                literal = f":(literal){path}"
                self.run("rm", "--quiet", "--force", "--ignore-unmatch", "--", literal)
                if THEIRS not in stages:
                    continue  # both sides have renamed it: that is a conflict of these
                name = names[path]
                left_out.append(
                    f"{name}: you had deleted it; its changes are not there"
                    if name == path
                    else f"{name}: something else of yours is in its place; "
                    "its changes are not there"
                )
            elif path in displaced and THEIRS not in stages:
                self.stage(path)
            elif len(stages) == 3 and (text := self._merged(path, stages)) is not None:
                self.write(path, text)
                self.stage(path)
        return left_out

    def _merged(self, path: str, stages: Mapping[int, Entry]) -> bytes | None:
        if any(entry.mode[:2] != _PLAIN for entry in stages.values()):
            return None
        contents = self.repository.contents([entry.blob for entry in stages.values()])
        try:
            ours, base, theirs = (
                contents[stages[stage].blob].decode("utf-8")
                for stage in (OURS, BASE, THEIRS)
            )
        except UnicodeDecodeError:
            return None
        if any("\0" in text for text in (ours, base, theirs)):
            return None
        merged = threeway.merge(path, ours, base, theirs)
        return merged.encode("utf-8") if isinstance(merged, str) else None

    def write(self, path: str, content: bytes) -> None:
        """Write a file. Raises ProjectError where a link leads out of the project."""
        target = self.folder / path
        if not target.resolve().is_relative_to(self.folder.resolve()):
            raise ProjectError(
                f"{path}: leads out of the project", "Remove the symbolic link."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def stage(self, *paths: str) -> None:
        """Take what is at paths into the index, whatever is ignored."""
        names = b"".join(os.fsencode(f":(literal){path}") + b"\0" for path in paths)
        command = ("add", "--all", "--force", "--pathspec-from-file=-")
        if names:
            self.run(*command, "--pathspec-file-nul", stdin=names)

    def open_ends(self) -> list[str]:
        """What has still to be solved, as `file:line` or `file`, with the way."""
        left = []
        marked = dict[str, int]()
        known = self._known_marks()
        for path in self._touched():
            if line := _marker(self.folder / path, known):
                marked[path] = line
        for path, stages in self.unmerged().items():
            if path in marked:
                continue
            if OURS in stages and THEIRS in stages:
                left.append(f"{path}: not marked as solved; `git add {path}`")
            else:
                left.append(
                    f"{path}: keep it (`git add {path}`) or let it go (`git rm {path}`)"
                )
        return [f"{path}:{line}: a conflict" for path, line in marked.items()] + left

    def _known_marks(self) -> set[bytes]:
        """Lines that look like marks of a conflict and were there before."""
        head = self.run("rev-parse", "HEAD").decode().strip()
        command = ("grep", "-h", "--text", "--no-line-number", "--no-column")
        marks = ("--no-color", "-E", "^(<{7,}|>{7,})( |$)", head)
        found = git_bytes(self.folder, *command, *marks).stdout  # status 1: none
        return {line.rstrip() for line in found.split(b"\n")}

    def _touched(self) -> list[str]:
        """The files that are not as they were in the commit it began with."""
        output = self.run("diff", "--name-only", "-z", "HEAD")
        return sorted({os.fsdecode(name) for name in output.split(b"\0") if name})

    def tree(self) -> dict[str, Entry]:
        """The files of its index."""
        return self.repository.tree(self.run("write-tree").decode().strip())

    def remove(self) -> None:
        """Leave nothing of it, neither the folder nor that git knows of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        known = self.repository.common / "worktrees"
        mine = str(self.folder / ".git")
        for entry in known.glob("*"):
            place = entry / "gitdir"
            named = place.read_text("utf-8").strip() if place.is_file() else ""
            if named == mine or entry.name == self.folder.name:
                shutil.rmtree(entry, ignore_errors=True)
        if known.is_dir() and not any(known.iterdir()):
            known.rmdir()


def place_for(repository: Repository) -> Path:
    """A folder for a side tree: beside the checkout, or where git keeps its own."""
    name = f"{repository.root.name}-groundplan-update"
    beside = repository.root.parent
    folder = beside if os.access(beside, os.W_OK) else repository.private
    for number in range(1, 1000):
        found = folder / (name if number == 1 else f"{name}-{number}")
        taken = (repository.common / "worktrees" / found.name).exists()
        if not taken and not os.path.lexists(found):
            return found
    raise ProjectError(f"{folder / name}: is there already", "Remove it.")


def _aside(path: str) -> str:
    """The name of a file of the new version that git had to put beside another."""
    return re.sub(rf"~[0-9a-f]+ \({re.escape(IS_NOW)}\)(_\d+)?$", "", path)


def _marker(path: Path, known: Collection[bytes]) -> int | None:
    """The line of the first mark of a conflict in a file, but for known ones."""
    if path.is_symlink() or not path.is_file():
        return None
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if _MARK.match(line.rstrip()) and line.rstrip() not in known:
            return number
    return None
