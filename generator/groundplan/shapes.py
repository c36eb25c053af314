"""What derived code offers to the code around it, read from its syntax."""

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic.alias_generators import to_camel

from .signatures import Signature

_CODE = {"__init__", "client", "operations", "port", "routes"}


class Derived:
    """The derived modules of one context at one moment, parsed when they are asked for.

    `texts` are their sources by name. What cannot be parsed has nothing to offer.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self._trees: dict[str, ast.Module | None] = {}

    @cached_property
    def operations(self) -> Mapping[str, Signature]:
        """The operations that the port offers."""
        return {
            node.name: Signature(node)
            for owner in _classes(self._tree("port"))
            for node in owner.body
            if isinstance(node, ast.AsyncFunctionDef)
        }

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of all parameters of operations, also as keys."""
        names = {p.name for s in self.operations.values() for p in s.parameters}
        return frozenset([*names, *map(to_camel, names)])

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields of schemas and columns of tables."""
        return frozenset(
            node.target.id
            for tree in self._models
            for owner in _classes(tree)
            for node in owner.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        )

    @cached_property
    def keys(self) -> frozenset[str]:
        """What fields are called where they are texts: in JSON, in a mapping."""
        aliases = (
            node.value.value
            for tree in self._models
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword)
            and node.arg == "alias"
            and isinstance(node.value, ast.Constant)
        )
        return frozenset(
            [*self.fields, *map(to_camel, self.fields), *map(str, aliases)]
        )

    @cached_property
    def members(self) -> frozenset[str]:
        """What `self` offers to operations, such as repositories."""
        tree = self._tree("operations")
        return frozenset(stored_in_self(tree)) if tree else frozenset()

    def names(self, module: str) -> frozenset[str] | None:
        """What can be imported from a module; None where that is not known."""
        tree = self._tree(module)
        return frozenset(_top_level(tree.body)) if tree else None

    @property
    def _models(self) -> Iterator[ast.Module]:
        for module in self.texts.keys() - _CODE:
            if tree := self._tree(module):
                yield tree

    def _tree(self, module: str) -> ast.Module | None:
        if module not in self._trees:
            text = self.texts.get(module)
            self._trees[module] = None if text is None else parsed(text)
        return self._trees[module]


def parsed(text: str) -> ast.Module | None:
    """A module's syntax; None where it has none, as in the middle of an edit."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def stored_in_self(tree: ast.AST) -> Iterator[str]:
    """The names of the attributes that methods give to their object."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            yield node.attr


def _classes(tree: ast.Module | None) -> Iterator[ast.ClassDef]:
    return (
        node for node in (tree.body if tree else ()) if isinstance(node, ast.ClassDef)
    )


def _top_level(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (
                    item.asname or item.name.partition(".")[0] for item in names
                )
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (item.id for item in targets if isinstance(item, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.If(body=inner, orelse=other) | ast.Try(body=inner, orelse=other):
                yield from _top_level([*inner, *other])
