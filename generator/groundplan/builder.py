"""Builds plain data out of what a parser finds, within limits, with line numbers."""

from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from .errors import ContractError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 100
MAX_NODES = 2_000_000
# What aliases repeat; a few lines of them can stand for any number of values.
MAX_REPEATED = 100_000


@dataclass
class Document:
    """A read file: its data, and the line of every key and item."""

    name: str
    data: dict[str, Json]
    lines: dict[tuple[int, str | int], int] = field(repr=False, default_factory=dict)

    def place(self, *pointer: str | int) -> str:
        """``file:line`` of the deepest part of the pointer that exists."""
        line, node = 1, self.data
        for step in pointer:
            found = self.lines.get((id(node), step))
            if found is None:
                break
            line = found
            node = node[step]  # type: ignore[index,assignment]
        return f"{self.name}:{line}"


class _Frame:
    """A container that is being filled: its size and height so far."""

    def __init__(self, value: "dict[str, Json] | list[Json]", anchor: str | None):
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.nodes = 1
        self.height = 1


class Builder:
    """Takes what a parser finds in its order; `root` is the value in the end.

    Every method raises ContractError where a limit or a rule is broken.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Json = None
        self.lines: dict[tuple[int, str | int], int] = {}
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Json, int, int]] = {}
        self._nodes = 0
        self._repeated = 0

    @property
    def expects_key(self) -> bool:
        """Whether what comes next is the key of a mapping."""
        if not self._stack:
            return False
        frame = self._stack[-1]
        return frame.key is None and isinstance(frame.value, dict)

    def open(
        self,
        value: "dict[str, Json] | list[Json]",
        line: int,
        anchor: str | None = None,
    ) -> None:
        """A container begins."""
        self._check_depth(line, 1)
        self._reserve_place(line)
        self._stack.append(_Frame(value, anchor))

    def close(self, line: int) -> None:
        """The container that was opened last ends."""
        frame = self._stack.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.value, frame.nodes, frame.height)
        self._add(frame.value, line, frame.nodes, frame.height, counted=1)

    def key(self, key: str, line: int) -> None:
        """The key of the value that comes next."""
        frame = self._stack[-1]
        if key in frame.value:
            self.refuse(line, f"the key {key[:80]!r} occurs twice", "Remove one.")
        frame.key = key

    def scalar(self, value: Json, line: int, anchor: str | None = None) -> None:
        """A value that is no container."""
        self._reserve_place(line)
        if anchor:
            self._anchors[anchor] = (value, 1, 0)
        self._add(value, line, 1, 0, counted=1)

    def alias(self, anchor: str, line: int) -> None:
        """A value that stands elsewhere already; it is copied."""
        known = self._anchors.get(anchor)
        if known is None:
            self.refuse(line, f"unknown alias *{anchor[:80]}", "Define the anchor.")
        value, nodes, height = known
        self._repeated += nodes
        if self._repeated > MAX_REPEATED:
            self.refuse(
                line,
                f"aliases stand for more than {MAX_REPEATED} values",
                "Use $ref instead.",
            )
        self._check_depth(line, height)
        self._reserve_place(line)
        self._add(_copied(value), line, nodes, height, counted=nodes)

    def _check_depth(self, line: int, height: int) -> None:
        if len(self._stack) + height > MAX_DEPTH:
            self.refuse(
                line, f"nested more than {MAX_DEPTH} levels deep", "Use $ref instead."
            )

    def _reserve_place(self, line: int) -> None:
        """Remember where the coming value stands in its container."""
        if not self._stack:
            return
        frame = self._stack[-1]
        if isinstance(frame.value, dict):
            if frame.key is None:
                self.refuse(line, "a key that is not a string", "Quote the key.")
            self.lines[id(frame.value), frame.key] = line
        else:
            self.lines[id(frame.value), len(frame.value)] = line

    def _add(
        self, value: Json, line: int, nodes: int, height: int, *, counted: int
    ) -> None:
        self._nodes += counted
        if self._nodes > MAX_NODES:
            self.refuse(line, f"more than {MAX_NODES} values", "Split the contract.")
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        frame.nodes += nodes
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.value, list):
            frame.value.append(value)
        else:
            assert frame.key is not None
            frame.value[frame.key] = value
            frame.key = None

    def refuse(self, line: int, message: str, hint: str) -> NoReturn:
        """Raise the error of a line."""
        raise ContractError(f"{self.name}:{line}", message, hint)


def _copied(value: Json) -> Json:
    """A value that shares no container with the given one."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
