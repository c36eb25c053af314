"""The rules of OpenAPI that its JSON Schemas cannot say."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from .errors import ContractError
from .expansion import Expansion
from .pattern_rules import PatternRules
from .reader import Document, Json
from .specification import DIALECTS, fitting, is_old
from .walk import Node, Pointer, Visited

Misfit: TypeAlias = Callable[[Pointer, Json], str | None]
Resolve: TypeAlias = Callable[[Json, Pointer], tuple[Node, Pointer]]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")


class Rules:
    """Checks one valid document; `resolve` follows its `$ref`s.

    `served` says that its overlay has been applied, so that it is what is served.
    """

    def __init__(
        self, document: Document, data: Node, resolve: Resolve, *, served: bool
    ) -> None:
        self.document = document
        self.data = data
        self.resolve = resolve
        self.patterns = PatternRules(served=served)

    def check(self, objects: Iterable[Visited]) -> None:
        """Raise ContractError for the first rule that is broken.

        `objects` are those of the document, as `walk` finds them.
        """
        self._tags()
        self._operations()
        if not is_old(self.data):
            self._dialects()
        self._schemas(objects)

    def _refuse(self, pointer: Pointer, message: str, hint: str) -> ContractError:
        return ContractError(self.document.place(*pointer), message, hint)

    def _tags(self) -> None:
        seen: set[Json] = set()
        for number, tag in enumerate(_listed(self.data.get("tags"))):
            name = tag.get("name") if isinstance(tag, dict) else None
            if name in seen:
                raise self._refuse(
                    ("tags", number), f"the tag {name!r} occurs twice", "Remove one."
                )
            seen.add(name)

    def _operations(self) -> None:
        places: dict[str, Pointer] = {}
        for path, node in _entries(self.data.get("paths")):
            item, at = self.resolve(node, ("paths", path))
            if "?" in path or "#" in path:
                raise self._refuse(
                    ("paths", path),
                    f"the path {path[:120]} has a query",
                    "Declare it in `parameters`, with `in: query`.",
                )
            shared = self._parameters(item, at)
            for method in _METHODS:
                operation = item.get(method)
                if not isinstance(operation, dict):
                    continue
                pointer = (*at, method)
                self._unique_id(operation, pointer, places)
                own = self._parameters(operation, pointer)
                self._path_parameters(path, pointer, shared | own)

    def _unique_id(self, node: Node, at: Pointer, places: dict[str, Pointer]) -> None:
        name = node.get("operationId")
        if not isinstance(name, str):
            return
        first = places.setdefault(name, at)
        if first != at:
            raise self._refuse(
                (*at, "operationId"),
                f"the operationId {name[:120]!r} is taken already, at "
                f"{self.document.place(*first, 'operationId')}",
                "Give every operation its own.",
            )

    def _parameters(self, owner: Node, at: Pointer) -> set[tuple[str, str]]:
        """The place and name of each parameter; refuses one that occurs twice."""
        found: set[tuple[str, str]] = set()
        for number, entry in enumerate(_listed(owner.get("parameters"))):
            node, _ = self.resolve(entry, (*at, "parameters", number))
            key = str(node.get("in")), str(node.get("name"))
            place = (*at, "parameters", number)
            if not {"in", "name"} <= node.keys():
                raise self._refuse(place, "is no parameter", "Refer to a parameter.")
            if key in found:
                raise self._refuse(
                    place,
                    f"the {key[0]} parameter {key[1][:120]!r} occurs twice",
                    "Remove one.",
                )
            found.add(key)
        return found

    def _path_parameters(
        self, path: str, at: Pointer, declared: set[tuple[str, str]]
    ) -> None:
        names = {name for place, name in declared if place == "path"}
        wanted = set(_TEMPLATE.findall(path))
        for name in sorted(wanted - names):
            raise self._refuse(
                at,
                f"the path parameter {name[:120]!r} of {path[:120]} is not declared",
                "Add it to `parameters`, with `in: path`.",
            )
        for name in sorted(names - wanted):
            raise self._refuse(
                at,
                f"the path parameter {name[:120]!r} does not occur in {path[:120]}",
                "Remove it, or add it to the path in braces.",
            )

    def _dialects(self) -> None:
        if self.data.get("jsonSchemaDialect") not in (None, *DIALECTS):
            raise self._refuse(
                ("jsonSchemaDialect",), "an unknown dialect of JSON Schema", _DIALECT
            )

    def _schemas(self, objects: Iterable[Visited]) -> None:
        misfit = fitting(self.data)
        expansion = Expansion(self.data)
        for schema, at, is_map, is_extension in objects:
            if is_map or is_extension:
                continue
            if schema.get("$schema") not in (None, *DIALECTS):
                raise self._refuse(
                    (*at, "$schema"), "an unknown dialect of JSON Schema", _DIALECT
                )
            problem = expansion.problem(schema, at)
            if problem:
                raise self._refuse(
                    at,
                    f"a schema that {problem}",
                    "Refer to fewer schemas from it, or make its parts properties.",
                )
            for key, message, hint in self.patterns.problems(schema):
                raise self._refuse((*at, *key), message, hint)
            if "allOf" in schema and "allOf" not in at[-2:]:
                self._required(schema, at)
            reason = self._misfit(misfit, schema, at)
            if reason:
                raise self._refuse(
                    (*at, "default"),
                    f"the default does not fit its schema: {reason[:300]}",
                    "Correct the default, or the schema.",
                )

    @staticmethod
    def _misfit(misfit: Misfit, schema: Node, at: Pointer) -> str | None:
        """Why a default does not fit its schema.

        One of several levels is not looked at: alternatives at each of them multiply.
        """
        value = schema.get("default")
        inner = value.values() if isinstance(value, dict) else _listed(value)
        if any(isinstance(item, dict | list) for item in inner):
            return None
        return misfit(at, value) if "default" in schema else None

    def _required(self, schema: Node, at: Pointer) -> None:
        for number in missing(schema, at, self.resolve):
            name = _listed(schema["required"])[number]
            raise self._refuse(
                (*at, "required", number),
                f"requires {str(name)[:120]!r}, which is no property of it",
                "Add the property, or remove the name.",
            )


def missing(schema: Node, at: Pointer, resolve: Resolve) -> list[int]:
    """Which names of `required` are no property of a schema nor of its parts."""
    known: set[str] = set()
    pending: list[tuple[Json, Pointer]] = [(schema, at)]
    seen: set[Pointer] = set()
    while pending:
        node, where = resolve(*pending.pop())
        if where in seen:
            continue
        seen.add(where)
        if node.get("additionalProperties") or node.get("patternProperties"):
            return []
        known.update(name for name, _ in _entries(node.get("properties")))
        for key in ("allOf", "anyOf", "oneOf"):
            parts = enumerate(_listed(node.get(key)))
            pending.extend((part, (*where, key, n)) for n, part in parts)
    names = enumerate(_listed(schema.get("required")))
    return [n for n, name in names if isinstance(name, str) and name not in known]


_DIALECT = "Remove it: schemas of OpenAPI 3.1 are JSON Schema 2020-12."


def _listed(node: Json) -> list[Json]:
    return node if isinstance(node, list) else []


def _entries(node: Json) -> Iterator[tuple[str, Json]]:
    yield from node.items() if isinstance(node, dict) else ()
