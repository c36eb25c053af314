"""The team's code of a context, read from its syntax."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from .shapes import parsed, stored_in_self

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """A name that a file takes from the derived code of a context.

    `name` is empty where a whole module is taken; `bound` is what the file calls it.
    """

    line: int
    context: str
    module: str
    name: str
    bound: str


class TeamFile:
    """A file of the team: `src/<package>/<context>/...` or `tests/<context>/...`."""

    def __init__(self, path: str, tree: ast.Module, package: str) -> None:
        self.path = path
        self.tree = tree
        self.package = package
        self.is_test = path.startswith("tests/")
        self.context = path.split("/")[1 if self.is_test else 2]
        self.nodes = list(ast.walk(tree))

    @cached_property
    def imports(self) -> Sequence[Import]:
        """What it imports from derived code, its own context's and others'."""
        return [item for node in self.nodes for item in self._imported(node)]

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Names whose attributes are no fields: modules, caught errors, `self`."""
        names = {"self", "cls"}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                names |= {n.asname or n.name.partition(".")[0] for n in node.names}
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names.add(node.name)
        return frozenset(names)

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions and methods that it defines."""
        return frozenset(n.name for n in self.nodes if isinstance(n, Function))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes that its own classes have."""
        fields = (
            target.id
            for owner in self.nodes
            if isinstance(owner, ast.ClassDef)
            for node in owner.body
            for target in _targets(node)
            if isinstance(target, ast.Name)
        )
        return frozenset([*fields, *stored_in_self(self.tree)])

    @cached_property
    def arguments(self) -> frozenset[str]:
        """The parameters that its own functions take."""
        return frozenset(node.arg for node in self.nodes if isinstance(node, ast.arg))

    def services(self) -> Iterator[ast.ClassDef]:
        """The classes that build upon the derived operations of its context."""
        known = {
            item.bound
            for item in self.imports
            if item.context == self.context and item.module == "operations"
        }
        for node in self.nodes:
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                if bases & known:
                    yield node

    def _imported(self, node: ast.AST) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for item in node.names:
                match item.name.split("."):
                    case [self.package, context, "generated", module]:
                        yield Import(node.lineno, context, module, "", "")
        elif isinstance(node, ast.ImportFrom):
            inner = node.module.split(".") if node.module else []
            match [*self._base(node.level), *inner]:
                case [self.package, context, "generated"]:
                    for item in node.names:
                        bound = item.asname or item.name
                        yield Import(node.lineno, context, item.name, "", bound)
                case [self.package, context, "generated", module]:
                    for item in node.names:
                        bound = item.asname or item.name
                        yield Import(node.lineno, context, module, item.name, bound)

    def _base(self, level: int) -> Sequence[str]:
        """The package that a relative import starts from."""
        parts = PurePosixPath(self.path).parts
        return parts[0 if self.is_test else 1 : -level] if level else ()


def team_file(path: str, text: str, package: str) -> TeamFile | None:
    """A file; None where it cannot be read, as in the middle of an edit."""
    tree = parsed(text)
    return None if tree is None else TeamFile(path, tree, package)


def _targets(node: ast.stmt) -> Sequence[ast.expr]:
    match node:
        case ast.AnnAssign(target=target):
            return [target]
        case ast.Assign(targets=targets):
            return targets
    return []
