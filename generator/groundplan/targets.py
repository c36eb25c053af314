"""Where the nodes are that the JSONPath of an overlay matches, in bounded time.

An overlay comes with somebody's clone. Patterns are matched in linear time, a path may
descend twice at most, and a filter looks at what is near its node.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery
from jsonpath_rfc9535 import filter_expressions as expressions
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment
from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, NameSelector

from .patterns import PatternRefused, compiled
from .reader import Json
from .walk import Pointer

MAX_MATCHES: Final = 100_000
MAX_DESCENTS: Final = 2
MAX_LENGTH: Final = 1_000

_STEP: Final = r"\['((?:[^'\\\x00-\x1f]|\\['\\])*)'\]|\[(0|[1-9][0-9]{0,8})\]"
_NORMALIZED: Final = re.compile(rf"\$(?:{_STEP})*")
_STEPS: Final = re.compile(_STEP)


class TargetRefused(ValueError):
    """A target that is no JSONPath, or one that could take long; it says why."""


def locations(target: str, root: dict[str, Json]) -> list[Pointer]:
    """Where the nodes are that a target matches, each once, in the document's order.

    A normalized path matches one node at most and is followed as it is: an overlay has
    thousands of them. Raises TargetRefused.
    """
    if _NORMALIZED.fullmatch(target):
        found = _followed(target, root)
        return [] if found is None else [found]
    if len(target) > MAX_LENGTH:
        raise TargetRefused(f"is longer than {MAX_LENGTH} characters")
    try:
        query = _ENVIRONMENT.compile(target)
        _check(query)
        return list(_bounded(node.location for node in query.finditer(root)))
    except JSONPathError as error:
        reason = str(error).partition(", line")[0]
        raise TargetRefused(f"is not JSONPath: {reason}") from error
    except RecursionError:
        raise TargetRefused("is nested too deeply") from None


def _followed(target: str, root: dict[str, Json]) -> Pointer | None:
    location: list[str | int] = []
    node: Json = root
    for step in _STEPS.finditer(target):
        if step[2] is None:
            name = re.sub(r"\\(.)", r"\1", step[1])
            if not isinstance(node, dict) or name not in node:
                return None
            location.append(name)
            node = node[name]
        else:
            index = int(step[2])
            if not isinstance(node, list) or index >= len(node):
                return None
            location.append(index)
            node = node[index]
    return tuple(location)


def _bounded(found: Iterable[Pointer]) -> Iterator[Pointer]:
    seen: set[Pointer] = set()
    for number, location in enumerate(found):
        if number >= MAX_MATCHES:
            raise TargetRefused(f"matches more than {MAX_MATCHES} nodes")
        if location not in seen:
            seen.add(location)
            yield location


def _check(query: JSONPathQuery) -> None:
    descents = 0
    for segment in query.segments:
        descents += isinstance(segment, JSONPathRecursiveDescentSegment)
        for selector in segment.selectors:
            if isinstance(selector, FilterSelector):
                _check_filter(selector.expression)
    if descents > MAX_DESCENTS:
        raise TargetRefused(f"descends by `..` more than {MAX_DESCENTS} times")


def _check_filter(expression: object) -> None:
    if isinstance(expression, expressions.FilterQuery):
        for segment in expression.query.segments:
            descends = isinstance(segment, JSONPathRecursiveDescentSegment)
            single = (NameSelector, IndexSelector)
            if descends or not all(isinstance(s, single) for s in segment.selectors):
                raise TargetRefused("has a filter that looks at more than one node")
        return
    for name in ("expression", "left", "right"):
        if hasattr(expression, name):
            _check_filter(getattr(expression, name))
    for argument in getattr(expression, "args", ()):
        _check_filter(argument)


class _Matches(FilterFunction):
    """`match` and `search` of RFC 9535, by an engine that takes linear time."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012
    return_type = ExpressionType.LOGICAL

    def __init__(self, before: str, after: str) -> None:
        self._before = before
        self._after = after

    def __call__(self, text: object, pattern: object) -> bool:
        if not isinstance(text, str) or not isinstance(pattern, str):
            return False
        try:
            found = compiled(f"{self._before}{pattern}{self._after}")
        except PatternRefused:
            return False
        return found.engine == "rust-regex" and found.matches(text)


class _Environment(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Matches("^(?:", ")$")
        self.function_extensions["search"] = _Matches("", "")


_ENVIRONMENT: Final = _Environment()
