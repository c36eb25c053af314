"""Reads a contract: YAML 1.2 or JSON, untrusted, into plain data with line numbers.

The parser of YAML is libyaml's; building the values is done here, from its events, so
that tags are refused, aliases are counted, depth and size are bounded, and a number is
a number by the rules of YAML 1.2's core schema (`09:00` and `no` are strings).
"""

import codecs
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

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

from . import json_events
from .builder import Builder, Document, Json
from .errors import ContractError

__all__ = ["Document", "Json", "parse", "read"]

MAX_BYTES = 20_000_000

_NULL: Final = {"", "~", "null", "Null", "NULL"}
_TRUE: Final = {"true", "True", "TRUE"}
_FALSE: Final = {"false", "False", "FALSE"}
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,400}\Z")
_BASED: Final = re.compile(r"0o[0-7]{1,100}\Z|0x[0-9a-fA-F]{1,100}\Z")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]"
)
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: Path, name: str | None = None) -> Document:
    """Read a file whose top level is a mapping.

    Raises ContractError for anything that is not plain, bounded YAML or JSON.
    """
    name = name or path.name
    raw = _bytes_of(path, name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        kind = "is UTF-16" if raw.startswith(_WIDE) else "is not UTF-8"
        raise ContractError(
            f"{name}:{line}", f"{kind} (byte {error.start})", "Save the file in UTF-8."
        ) from error
    return parse(text, name)


def _bytes_of(path: Path, name: str) -> bytes:
    """The content of a regular file. A pipe or a device has no end and is refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ContractError(
                    str(path),
                    "cannot be read: it is not a regular file",
                    "Give the path of a file.",
                )
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ContractError(
            str(path), f"cannot be read: {reason}", "Give the path of a file."
        ) from error
    if len(raw) > MAX_BYTES:
        raise ContractError(
            name, f"is larger than {MAX_BYTES // 1_000_000} MB", "Split the contract."
        )
    return raw


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
    builder = _from_json(text, name) or _from_yaml(text, name)
    if not isinstance(builder.root, dict):
        raise ContractError(
            f"{name}:1", "the top level is not a mapping", "Give an OpenAPI document."
        )
    return Document(name, builder.root, builder.lines)


def _from_json(text: str, name: str) -> Builder | None:
    """What a JSON text holds; None where it may be YAML."""
    if not text.lstrip().startswith("{"):
        return None
    builder = Builder(name)
    try:
        json_events.feed(text, builder)
    except json_events.NotJson as error:
        if name.lower().endswith(".json"):
            builder.refuse(
                error.line,
                f"is not valid JSON: expected {error.expected}",
                "Check the file with a JSON linter.",
            )
        return None
    return builder


def _from_yaml(text: str, name: str) -> Builder:
    builder = Builder(name)
    try:
        _feed(yaml.parse(text, Loader=yaml.CSafeLoader), builder)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "is not valid YAML"
        raise ContractError(
            f"{name}:{line}", str(problem), "Check the file with a YAML linter."
        ) from error
    return builder


def _feed(events: Iterator[Event], builder: Builder) -> None:
    documents = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, ScalarEvent):
            _scalar(event, line, builder)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            _check_tag(event.tag, line, builder)
            mapping = isinstance(event, MappingStartEvent)
            builder.open({} if mapping else [], line, event.anchor)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            builder.close(line)
        elif isinstance(event, AliasEvent):
            if builder.expects_key:
                builder.refuse(line, "an alias as a key", "Write the key out.")
            builder.alias(event.anchor or "", line)
        elif isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                builder.refuse(line, "a second YAML document", "Keep one per file.")


def _scalar(event: ScalarEvent, line: int, builder: Builder) -> None:
    _check_tag(event.tag, line, builder)
    if not builder.expects_key:
        value = _plain(event.value) if event.implicit[0] else event.value
        builder.scalar(value, line, event.anchor)
    elif event.value == "<<" and event.implicit[0]:
        builder.refuse(line, "merge keys are not YAML 1.2", "Use $ref or allOf.")
    else:
        builder.key(event.value, line)


def _check_tag(tag: str | None, line: int, builder: Builder) -> None:
    if tag is not None and tag != "!":
        builder.refuse(line, f"the YAML tag {tag[:60]!r}", "Contracts are plain data.")


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
