"""Which patterns a contract may have."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from . import patterns
from .reader import Json
from .walk import Node, Pointer

MAX_COST: Final = 300_000

_REWRITE: Final = "Write it as a regular expression of JavaScript."
_LEAVE: Final = (
    "Simplify it, shorten `maxLength`, or remove it in overlay.yaml (`remove: true`) "
    "and check the value in service.py."
)
_SHORTEN: Final = "Shorten the repetitions in its patterns, or remove some."

Problem: TypeAlias = tuple[Pointer, str, str]


class PatternRules:
    """Finds patterns that cannot be served, and too many of them.

    What the service cannot check is no problem before there is an overlay: the first
    one amends it (see `seed_patterns`).
    """

    def __init__(self, *, served: bool) -> None:
        self._served = served
        self._known: set[str] = set()
        self._cost = 0

    def problems(self, schema: Node) -> Iterator[Problem]:
        """Where in a schema, what is wrong, and what to do."""
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and is_of_text(schema):
            yield from self._weighed(("pattern",), pattern)
            problem = patterns.problem_of(pattern, longest_of(schema))
            if problem and self._served:
                yield ("pattern",), f"the pattern cannot be checked: {problem}", _LEAVE
        named = schema.get("patternProperties")
        for name in named if isinstance(named, dict) else ():
            yield from self._weighed(("patternProperties", name), name)
            problem = patterns.problem_of(name, None)
            if problem:
                message = f"this pattern of names cannot be checked: {problem}"
                yield ("patternProperties", name), message, "Simplify it."

    def _weighed(self, key: Pointer, pattern: str) -> Iterator[Problem]:
        if pattern in self._known:
            return
        self._known.add(pattern)
        cost = patterns.cost(pattern)
        self._cost += cost if cost <= patterns.MAX_COST else 0
        if self._cost > MAX_COST:
            yield key, "the patterns are too large together", _SHORTEN
        try:
            patterns.compiled(pattern)
        except patterns.PatternBroken as error:
            yield key, f"the pattern is broken: {error}", _REWRITE
        except patterns.PatternRefused:
            pass


def is_of_text(schema: Node) -> bool:
    """Whether a pattern in the schema says something."""
    kind: Json = schema.get("type", "string")
    return kind == "string" or (isinstance(kind, list) and "string" in kind)


def longest_of(schema: Node) -> int | float | None:
    """The longest text that a schema allows."""
    longest = schema.get("maxLength")
    return longest if isinstance(longest, int | float) else None
