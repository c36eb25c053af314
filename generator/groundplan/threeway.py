"""Three-way merges of one file, by git."""

import ast
import io
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .errors import ToolError
from .git import git
from .line_ends import as_windows, is_windows

_MARKS = re.compile(r"^(<+|\|+|=+|>+)", re.MULTILINE)


@dataclass(frozen=True)
class Conflict:
    """Lines that both sides changed: where they are, and what they were before."""

    path: str
    first: int
    last: int
    generated: tuple[str, ...]

    @property
    def place(self) -> str:
        """``file:line``, or ``file:first-last``."""
        end = f"-{self.last}" if self.last > self.first else ""
        return f"{self.path}:{self.first}{end}"


@dataclass(frozen=True)
class _Part:
    """Lines on which all agree, or what each side has instead."""

    ours: list[str]
    base: list[str]
    theirs: list[str]
    agreed: bool = False


def merge(path: str, current: str, old: str, new: str) -> str | list[Conflict]:
    """A file with what changed from `old` to `new`, or where that cannot be done.

    Where both sides only add lines at one place, both are kept, unless the file is not
    sound then: a member next to that of a new context is no conflict.
    """
    if is_windows(current.encode("utf-8")):
        old, new = (
            as_windows(text.encode("utf-8")).decode("utf-8") for text in (old, new)
        )
    found = (run for text in (current, old, new) for run in _MARKS.findall(text))
    mark = max([6, *map(len, found)]) + 1  # no line of the file is one
    count, text = _merge_file(current, old, new, mark)
    if not count:
        return text
    # Git refines conflicts line by line unless it shows what there was before: two
    # members would lose the decorator that they have in common.
    _, text = _merge_file(current, old, new, mark, "--diff3")
    parts = list(_parts(text, mark))
    if all(part.agreed or not part.base for part in parts):
        both = "".join(_both(part) for part in parts)
        if _sound(path, both, current, new):
            return both
    return list(_conflicts(path, parts))


def _merge_file(
    current: str, old: str, new: str, mark: int, *options: str
) -> tuple[int, str]:
    """The number of conflicts, and the merged text."""
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        folder = Path(place)
        for name, text in (("current", current), ("old", old), ("new", new)):
            (folder / name).write_bytes(text.encode("utf-8"))
        size = f"--marker-size={mark}"
        names = ("current", "old", "new")
        done = git(folder, "merge-file", "--quiet", size, *options, *names)
        if not 0 <= done.returncode < 128:
            raise ToolError(f"git merge-file: {done.stderr.strip()}")
        return done.returncode, (folder / "current").read_bytes().decode("utf-8")


def _parts(text: str, size: int) -> Iterator[_Part]:
    """A text with conflict markers of this size, in git's diff3 style."""
    sides: dict[str, list[str]] = {"": []}
    side = ""
    for line in io.StringIO(text, newline="\n"):
        mark = line[0] if line.startswith(tuple(c * size for c in "<|=>")) else ""
        if not mark:
            sides[side].append(line)
        elif mark == ">":
            yield _Part(sides["<"], sides["|"], sides["="])
            sides, side = {"": []}, ""
        else:
            if mark == "<":
                yield _Part(sides[""], [], [], agreed=True)
            side = mark
            sides[side] = []
    yield _Part(sides[""], [], [], agreed=True)


def _both(part: _Part) -> str:
    ours = "".join(part.ours)
    if part.theirs and ours and not ours.endswith("\n"):
        ours += "\n"
    return ours + "".join(part.theirs)


def _conflicts(path: str, parts: list[_Part]) -> Iterator[Conflict]:
    line = 1
    for part in parts:
        if not part.agreed:
            base = tuple(text.rstrip("\r\n") for text in part.base)
            yield Conflict(path, line, line + max(len(part.ours) - 1, 0), base)
        line += len(part.ours)


def _sound(path: str, text: str, *sides: str) -> bool:
    """Whether a file can be read, and defines nothing more often than one side did."""
    kind = PurePosixPath(path).suffix
    readers: Mapping[str, Callable[[str], object]] = {
        ".py": ast.parse,
        ".toml": tomllib.loads,
    }
    try:
        readers.get(kind, str)(text)
        if kind != ".py":
            return True
        known = [_definitions(side) for side in sides]
    except (SyntaxError, ValueError):
        return False
    return all(
        count <= max(side[name] for side in known)
        for name, count in _definitions(text).items()
    )


def _definitions(source: str) -> Counter[str]:
    """How often each name is defined, by the class that it is in."""
    scopes = {"": ast.parse(source).body}
    scopes |= {n.name: n.body for n in scopes[""] if isinstance(n, ast.ClassDef)}
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return Counter(
        f"{scope}.{node.name}"
        for scope, body in scopes.items()
        for node in body
        if isinstance(node, kinds)
    )
