"""Reads a contract: YAML 1.2 or JSON, untrusted, into plain data with line numbers.

The parser is libyaml's; building the values is done here, from its events, so that
tags are refused, aliases are counted, depth and size are bounded, and a number is
a number by the rules of YAML 1.2's core schema (`09:00` and `no` are strings).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .errors import ContractError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_BYTES = 20_000_000
MAX_DEPTH = 100
MAX_NODES = 2_000_000

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}\Z")
_BASED = re.compile(r"0o[0-7]{1,100}\Z|0x[0-9a-fA-F]{1,100}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# How JSON escapes characters beyond the first 65,536; YAML has \U for them.
_SURROGATES = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


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


def read(path: Path, name: str | None = None) -> Document:
    """Read a file whose top level is a mapping.

    Raises ContractError for anything that is not plain, bounded YAML or JSON.
    """
    name = name or path.name
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ContractError(
            str(path), f"cannot be read: {error.strerror}", "Give the path of a file."
        ) from error
    if len(raw) > MAX_BYTES:
        raise ContractError(
            name, f"is larger than {MAX_BYTES // 1_000_000} MB", "Split the contract."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(
            name,
            f"is not UTF-8 (byte {error.start})",
            "Save the file in UTF-8.",
        ) from error
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """The same as `read`, from text."""
    unprintable = _CONTROL.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise ContractError(
            f"{name}:{line}",
            f"control character U+{ord(unprintable[0]):04X}",
            "Remove it, or write it as an escape inside a string.",
        )
    if text.lstrip().startswith("{"):
        text = _SURROGATES.sub(_joined, text)
    builder = _Builder(name)
    try:
        builder.build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "is not valid YAML"
        raise ContractError(
            f"{name}:{line}", str(problem), "Check the file with a YAML linter."
        ) from error
    if not isinstance(builder.root, dict):
        raise ContractError(
            f"{name}:1", "the top level is not a mapping", "Give an OpenAPI document."
        )
    return Document(name, builder.root, builder.lines)


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16) - 0xD800, int(pair[3], 16) - 0xDC00
    return f"{pair[1]}\\U{0x10000 + (high << 10) + low:08X}"


class _Frame:
    """A container that is being filled."""

    def __init__(self, value: "dict[str, Json] | list[Json]", anchor: str | None):
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.nodes = 1


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Json = None
        self.lines: dict[tuple[int, str | int], int] = {}
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Json, int]] = {}
        self.documents = 0
        self.nodes = 0

    def build(self, events: Iterator[Event]) -> None:
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self.refuse(line, "a second YAML document", "Keep one per file.")
            elif isinstance(event, ScalarEvent):
                self.scalar(event, line)
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                self.open(event, line)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                frame = self.stack.pop()
                if frame.anchor:
                    self.anchors[frame.anchor] = (frame.value, frame.nodes)
                self.add(frame.value, line, frame.nodes, opened=True)
            elif isinstance(event, AliasEvent):
                self.alias(event, line)

    def open(self, event: MappingStartEvent | SequenceStartEvent, line: int) -> None:
        self.check_tag(event.tag, line)
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(
                line, f"nested more than {MAX_DEPTH} levels deep", "Use $ref instead."
            )
        self.reserve_place(line)
        value: dict[str, Json] | list[Json] = (
            {} if isinstance(event, MappingStartEvent) else []
        )
        self.stack.append(_Frame(value, event.anchor))

    def scalar(self, event: ScalarEvent, line: int) -> None:
        self.check_tag(event.tag, line)
        frame = self.stack[-1] if self.stack else None
        if frame and isinstance(frame.value, dict) and frame.key is None:
            self.take_key(frame, event.value, line)
            return
        self.reserve_place(line)
        value = _plain(event.value) if event.implicit[0] else event.value
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self.add(value, line, 1)

    def take_key(self, frame: _Frame, key: str, line: int) -> None:
        if key in frame.value:
            self.refuse(line, f"the key {key[:80]!r} occurs twice", "Remove one.")
        if key == "<<":
            self.refuse(line, "merge keys are not YAML 1.2", "Use $ref or allOf.")
        frame.key = key

    def alias(self, event: AliasEvent, line: int) -> None:
        known = self.anchors.get(event.anchor or "")
        if known is None:
            self.refuse(line, f"unknown alias *{event.anchor}", "Define the anchor.")
        value, nodes = known
        frame = self.stack[-1] if self.stack else None
        if frame and isinstance(frame.value, dict) and frame.key is None:
            self.refuse(line, "an alias as a key", "Write the key out.")
        self.reserve_place(line)
        self.add(value, line, nodes)

    def reserve_place(self, line: int) -> None:
        """Remember where the coming value stands in its container."""
        if not self.stack:
            return
        frame = self.stack[-1]
        if isinstance(frame.value, dict):
            if frame.key is None:
                self.refuse(line, "a key that is not a string", "Quote the key.")
            self.lines[id(frame.value), frame.key] = line
        else:
            self.lines[id(frame.value), len(frame.value)] = line

    def add(self, value: Json, line: int, nodes: int, opened: bool = False) -> None:
        self.nodes += 1 if opened else nodes
        if self.nodes > MAX_NODES:
            self.refuse(line, f"more than {MAX_NODES} values", "Split the contract.")
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        frame.nodes += nodes
        if isinstance(frame.value, list):
            frame.value.append(value)
        else:
            assert frame.key is not None
            frame.value[frame.key] = value
            frame.key = None

    def check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag != "!":
            self.refuse(line, f"the YAML tag {tag[:60]!r}", "Contracts are plain data.")

    def refuse(self, line: int, message: str, hint: str) -> NoReturn:
        raise ContractError(f"{self.name}:{line}", message, hint)


def _plain(text: str) -> Json:
    """The value of a plain scalar by YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INTEGER.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text
