"""How much a schema stands for once its references are followed, without doing so.

A few lines may stand for millions: each of 25 schemas that names the next one twice
doubles it. Here every schema is looked at once, and what it stands for is counted.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from .reader import Json
from .walk import Node, Pointer, parse_pointer

MAX_PARTS: Final = 5_000
MAX_TOTAL: Final = 2_000_000
MAX_ALTERNATIVES: Final = 2_000
MAX_LEVELS: Final = 32
MAX_HOPS: Final = 32
MAX_VALUES: Final = 10_000
_HIGHEST: Final = 10**9

_LISTS: Final = ("allOf", "oneOf", "anyOf", "prefixItems")
_SINGLE: Final = ("items", "additionalProperties", "propertyNames")
_Part: TypeAlias = tuple[str, Json, Pointer]


class Size(NamedTuple):
    """What a schema stands for. Properties do not count: they are models once."""

    parts: int = 1
    alternatives: int = 1
    levels: int = 0
    hops: int = 0


_OPEN: Final = Size()


class Expansion:
    """Counts what the schemas of a document stand for."""

    def __init__(self, data: Node) -> None:
        self._data = data
        self._known: dict[Pointer, Size] = {}
        self._total = 0

    def problem(self, node: Node, pointer: Pointer) -> str | None:
        """What is too much about a schema, if anything."""
        values = node.get("enum")
        if isinstance(values, list) and len(values) > MAX_VALUES:
            return f"enumerates more than {MAX_VALUES} values"
        size = self.size(node, pointer)
        self._total += size.parts
        if self._total > MAX_TOTAL:
            return f"makes the schemas stand for more than {MAX_TOTAL} together"
        if size.parts > MAX_PARTS:
            return f"stands for more than {MAX_PARTS} schemas"
        if size.alternatives > MAX_ALTERNATIVES:
            return f"stands for more than {MAX_ALTERNATIVES} alternatives"
        if size.levels > MAX_LEVELS:
            return f"is composed over more than {MAX_LEVELS} levels"
        if size.hops > MAX_HOPS:
            return f"is a chain of more than {MAX_HOPS} references"
        return None

    def size(self, node: Node, pointer: Pointer) -> Size:
        """The size of a schema. One that contains itself counts as one part there."""
        pending: list[tuple[Node, Pointer, bool]] = [(node, pointer, False)]
        while pending:
            current, at, is_counted = pending.pop()
            if is_counted:
                self._known[at] = self._sum(current, at)
            elif at not in self._known:
                self._known[at] = _OPEN
                pending.append((current, at, True))
                for _, part, where in self._parts(current, at):
                    if isinstance(part, dict) and where not in self._known:
                        pending.append((part, where, False))
        return self._known[pointer]

    def _sum(self, node: Node, pointer: Pointer) -> Size:
        parts, levels, alternatives, hops = 1, 0, 1, 0
        choices: dict[str, int] = {}
        for keyword, _, at in self._parts(node, pointer):
            size = self._known.get(at, _OPEN)
            parts += size.parts
            if keyword == "$ref":
                hops = size.hops + 1
                levels = max(levels, size.levels)
            else:
                levels = max(levels, size.levels + 1)
            if keyword in ("oneOf", "anyOf"):
                choices[keyword] = choices.get(keyword, 0) + size.alternatives
            elif keyword in ("allOf", "$ref"):
                alternatives = min(alternatives * size.alternatives, _HIGHEST)
        for count in choices.values():
            alternatives = min(alternatives * count, _HIGHEST)
        kinds = node.get("type")
        parts *= len(kinds) if isinstance(kinds, list) and kinds else 1
        return Size(min(parts, _HIGHEST), alternatives, levels, hops)

    def _parts(self, node: Node, pointer: Pointer) -> Iterator[_Part]:
        """What is read together with a schema, each time that it is."""
        reference = node.get("$ref")
        if isinstance(reference, str):
            target = parse_pointer(reference)
            yield "$ref", self._at(target), target
        for keyword in _LISTS:
            listed = node.get(keyword)
            for number, part in enumerate(listed if isinstance(listed, list) else ()):
                yield keyword, part, (*pointer, keyword, number)
        for keyword in _SINGLE:
            if keyword in node:
                yield keyword, node[keyword], (*pointer, keyword)
        named = node.get("patternProperties")
        for name, part in (named if isinstance(named, dict) else {}).items():
            yield "items", part, (*pointer, "patternProperties", name)

    def _at(self, target: Pointer) -> Json:
        node: Json = self._data
        for step in target:
            if isinstance(node, dict):
                node = node.get(str(step))
            elif isinstance(node, list) and str(step).isdecimal():
                node = node[int(step)] if int(step) < len(node) else None
            else:
                node = None
        return node
