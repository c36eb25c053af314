"""Edits as a team makes them, drawn by a seed, and whether they survived something."""

import os
import random
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

File: TypeAlias = tuple[str, bytes]
"""A file as git has it: its mode and its content."""
Files: TypeAlias = Mapping[str, File]

LINK = "120000"
NAMES = (
    "own.py",
    "with space.txt",
    "größe und maß.txt",
    "読んで.md",
    'say "it".txt',
    "-dash.txt",
    "[a-z]*.txt",
    ":(top)x.txt",
    "tab\there.txt",
    "line\nend.txt",
    os.fsdecode(b"caf\xe9.txt"),
    "extra.py",
    "README.md~HEAD",
    "faults.py",
)
FOLDERS = ("", "docs/", "src/shop/platform/", "src/shop/books/", "ours/deep/er/")


@dataclass
class Edits:
    """What a team has done to a project: one line for people, and what has to survive.

    `words` are lines that must be found, `contents` whole files that must be.
    """

    done: list[str] = field(default_factory=list)
    words: list[bytes] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)


@dataclass
class Team:
    """Makes edits in a project. `files` may be edited, `moving` are to change."""

    folder: Path
    files: list[str]
    moving: list[str]
    draw: random.Random
    edits: Edits = field(default_factory=Edits)

    def work(self, count: int) -> Edits:
        """Make a number of edits, each to files that no other edit has touched."""
        kinds: list[Callable[[str], None]] = [
            *[self._add_lines] * 4,
            *[self._replace_a_line] * 3,
            self._drop_lines,
            self._shorten,
            self._windows,
            self._one_windows_line,
            self._execute,
            self._binary,
            self._empty,
            self._no_final_newline,
            self._marks,
            self._link,
            self._delete,
            self._delete,
            self._rename,
            self._rename_and_edit,
            self._fold,
        ]
        for _ in range(count):
            if self.draw.random() < 0.3:
                self._new_file()
                continue
            kind, path = self.draw.choice(kinds), self._pick()
            if path.startswith(("contracts/", "migrations/")):
                kind = self._add_lines  # it would be another project without them
            kind(path)
            self.edits.done.append(f"{kind.__name__.strip('_')}: {path!r}")
        return self.edits

    def _pick(self) -> str:
        pool = self.moving if self.moving and self.draw.random() < 0.6 else self.files
        path = self.draw.choice(pool)
        for known in (self.files, self.moving):
            if path in known:
                known.remove(path)
        return path

    def _word(self) -> bytes:
        word = f"# edit {self.draw.getrandbits(48):012x}".encode()
        self.edits.words.append(word)
        return word

    def _lines(self, path: str) -> list[bytes]:
        return (self.folder / path).read_bytes().splitlines(keepends=True)

    def _write(self, path: str, lines: list[bytes]) -> None:
        (self.folder / path).write_bytes(b"".join(lines))

    def _add_lines(self, path: str) -> None:
        lines = self._lines(path)
        for _ in range(self.draw.randint(1, 3)):
            at = self.draw.randint(0, len(lines))
            if at and not lines[at - 1].endswith(b"\n"):
                lines[at - 1] += b"\n"
            if at and lines[at - 1].endswith(b"\\\n"):
                at -= 1  # a comment would end the command
            lines.insert(at, self._word() + b"\n")
        self._write(path, lines)

    def _replace_a_line(self, path: str) -> None:
        lines = self._lines(path) or [b""]
        at = self.draw.randrange(len(lines))
        lines[at] = self._word() + b"\n"
        self._write(path, lines)

    def _drop_lines(self, path: str) -> None:
        lines = self._lines(path)
        at = self.draw.randint(0, max(len(lines) - 3, 0))
        self._write(path, lines[:at] + lines[at + self.draw.randint(1, 3) :])

    def _shorten(self, path: str) -> None:
        lines = self._lines(path)
        self._write(path, [*lines[: len(lines) // 3], self._word() + b"\n"])

    def _windows(self, path: str) -> None:
        lines = [line.replace(b"\n", b"\r\n") for line in self._lines(path)]
        lines.append(self._word() + b"\r\n")
        self._write(path, lines)

    def _one_windows_line(self, path: str) -> None:
        lines = self._lines(path)
        lines.insert(self.draw.randint(0, len(lines)), self._word() + b"\r\n")
        self._write(path, lines)

    def _execute(self, path: str) -> None:
        file = self.folder / path
        file.chmod(file.stat().st_mode ^ 0o111)

    def _binary(self, path: str) -> None:
        content = b"\0\xff\r\n<<<<<<< x\n" + self.draw.randbytes(200)
        self.edits.contents.append(content)
        (self.folder / path).write_bytes(content)

    def _empty(self, path: str) -> None:
        (self.folder / path).write_bytes(b"")

    def _no_final_newline(self, path: str) -> None:
        self._write(path, [*self._lines(path), self._word()])

    def _marks(self, path: str) -> None:
        word = self._word()
        mark = [b"<<<<<<< ours\n", word + b"\n", b"=======\n", b">>>>>>> theirs\n"]
        lines = self._lines(path)
        at = self.draw.choice([0, len(lines)])
        self._write(path, [*lines[:at], *mark, *lines[at:]])

    def _link(self, path: str) -> None:
        target = f"where-{self.draw.getrandbits(32):x}"
        self.edits.contents.append(target.encode())
        (self.folder / path).unlink()
        (self.folder / path).symlink_to(target)

    def _delete(self, path: str) -> None:
        (self.folder / path).unlink()

    def _rename(self, path: str) -> None:
        target = self._free()
        (self.folder / path).rename(target)

    def _rename_and_edit(self, path: str) -> None:
        self._add_lines(path)
        self._rename(path)

    def _fold(self, path: str) -> None:
        """A folder takes the place of a file."""
        (self.folder / path).unlink()
        (self.folder / path).mkdir()
        (self.folder / path / "own.txt").write_bytes(self._word() + b"\n")

    def _free(self) -> Path:
        while True:
            name = self.draw.choice(FOLDERS) + self.draw.choice(NAMES)
            path = self.folder / name
            if not os.path.lexists(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                return path

    def _new_file(self) -> None:
        path, kind = self._free(), self.draw.randrange(6)
        if kind == 0:
            target = f"to-{self.draw.getrandbits(32):x}"
            path.symlink_to(target)
            self.edits.contents.append(target.encode())
        elif kind == 1:
            path.write_bytes(b"")
        elif kind == 2:
            content = self.draw.randbytes(300) + b"\0"
            path.write_bytes(content)
            self.edits.contents.append(content)
        else:
            path.write_bytes(self._word() + (b"\n", b"", b"\r\n")[kind - 3])
        if kind and self.draw.random() < 0.3:
            path.chmod(0o755)
        name = path.relative_to(self.folder).as_posix()
        self.edits.done.append(f"new_file: {name!r}")


def committed(folder: Path, treeish: str = "HEAD") -> dict[str, File]:
    """The files of a commit, by path."""
    return entries(folder, ["ls-tree", "-r", "-z", treeish], 0, 2)


def staged(folder: Path) -> dict[str, File]:
    """The files of an index that are in no conflict, by path."""
    return entries(folder, ["ls-files", "-s", "-z"], 0, 1)


def entries(folder: Path, command: list[str], mode: int, blob: int) -> dict[str, File]:
    """Files that a command of git lists, with the columns of mode and blob."""
    rows = {}
    for line in output(folder, *command).split(b"\0"):
        about, _, name = line.partition(b"\t")
        words = about.decode().split()
        if name and (len(words) < 3 or words[2] == "0" or command[0] == "ls-tree"):
            rows[os.fsdecode(name)] = (words[mode], words[blob])
    blobs = list(dict.fromkeys(blob for _, blob in rows.values()))
    asked = "\n".join(blobs).encode()
    told = output(folder, "cat-file", "--batch", stdin=asked)
    contents, at = {}, 0
    for name_ in blobs:
        end = told.index(b"\n", at)
        size = int(told[at:end].split()[-1])
        contents[name_] = told[end + 1 : end + 1 + size]
        at = end + size + 2
    return {path: (kind, contents[blob]) for path, (kind, blob) in rows.items()}


def output(folder: Path, *command: str, stdin: bytes = b"") -> bytes:
    """What git prints. Raises CalledProcessError."""
    done = subprocess.run(
        ["git", *command], cwd=folder, input=stdin, capture_output=True, check=True
    )
    return done.stdout
