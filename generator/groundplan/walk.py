"""Walks a contract: its objects, told from maps by name and from values as they are."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote

from .reader import Json

Node: TypeAlias = dict[str, Json]
Pointer: TypeAlias = tuple[str | int, ...]

_LITERALS = frozenset({"example", "default", "enum", "const"})
# What is below these is called as somebody likes: `default` is a response there.
_NAMES = frozenset("""
    properties patternProperties dependentSchemas $defs definitions schemas responses
    parameters headers examples requestBodies links callbacks securitySchemes pathItems
    paths content variables scopes mapping encoding
    """.split())


class Visited(NamedTuple):
    """An object of a contract, and where it stands."""

    node: Node
    pointer: Pointer
    is_map: bool
    """Whether its keys are names that somebody chose."""
    is_extension: bool
    """Whether it is below a key that begins with `x-`."""


def walk(root: Json) -> Iterator[Visited]:
    """Every object of a contract but those inside of literal values."""
    pending: list[tuple[Json, Pointer, bool, bool]] = [(root, (), False, False)]
    while pending:
        node, pointer, named, extension = pending.pop()
        if isinstance(node, list):
            for number, item in enumerate(node):
                if isinstance(item, dict | list):
                    pending.append((item, (*pointer, number), False, extension))
        if not isinstance(node, dict):
            continue
        yield Visited(node, pointer, named, extension)
        for key, value in node.items():
            if not isinstance(value, dict | list):
                continue
            if named or not _is_literal(key, value, pointer):
                below = extension or (not named and key.startswith("x-"))
                is_map = not named and key in _NAMES
                pending.append((value, (*pointer, key), is_map, below))


def _is_literal(key: str, value: Json, pointer: Pointer) -> bool:
    if key == "examples":
        return isinstance(value, list)
    return key in _LITERALS or (key == "value" and "examples" in pointer[-2:-1])


@lru_cache(maxsize=100_000)
def parse_pointer(reference: str) -> Pointer:
    """The steps of a local `$ref` (`#/components/schemas/User`)."""
    return tuple(
        unquote(step).replace("~1", "/").replace("~0", "~")
        for step in reference.removeprefix("#").split("/")[1:]
    )
