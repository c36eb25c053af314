"""What may not fit in a file of the team when derived code changes, check by check."""

import ast
import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from .shapes import Derived
from .signatures import Signature, difference
from .team import Function, Import, TeamFile

Found: TypeAlias = Iterator[tuple[int, str]]

_NOTHING = Derived({})
_LOGGERS = {"log", "logger", "logging"}


@dataclass(frozen=True)
class Change:
    """What is derived before and after, by context."""

    before: Mapping[str, Derived]
    after: Mapping[str, Derived]

    def old(self, context: str) -> Derived:
        return self.before.get(context, _NOTHING)

    def new(self, context: str) -> Derived:
        return self.after.get(context, _NOTHING)

    @cached_property
    def lost_operations(self) -> Mapping[str, Sequence[str]]:
        """The contexts that do not offer an operation any more, by its name."""
        found: dict[str, list[str]] = {}
        for context in self.before:
            if self.old(context).texts != self.new(context).texts:
                gone = self.old(context).operations.keys()
                for name in gone - self.new(context).operations.keys():
                    found.setdefault(name, []).append(context)
        return found

    def successor(self, context: str) -> str | None:
        """The new context that has most of the operations of one that is gone."""
        operations = self.old(context).operations.keys()
        shared = {
            other: len(operations & self.after[other].operations.keys())
            for other in self.after
            if other not in self.before
        }
        best = max(shared, key=lambda other: shared[other], default=None)
        return best if best and shared[best] else None

    def instead(self, context: str, operation: str) -> str:
        """What may stand for an operation that is gone, in brackets."""
        for other, derived in self.after.items():
            known = self.old(other).operations
            if operation in derived.operations.keys() - known.keys():
                return f" (it is one of {other} now)"
        old, new = self.old(context).operations, self.new(context).operations
        added = new.keys() - old.keys()
        same = [name for name in added if new[name].exact == old[operation].exact]
        return _hint(same[0]) if len(same) == 1 else nearest(operation, added)


def nearest(name: str, *known: Collection[str]) -> str:
    """The name that is meant perhaps, in brackets: one of the first that have any."""
    for names in known:
        if close := difflib.get_close_matches(name, sorted(names), 1):
            return _hint(close[0])
    return ""


def _hint(name: str) -> str:
    return f" (is it {name} now?)"


class Checks:
    """Looks for what does not fit in one file; each finding is a line and a text.

    `own` are all of the team's files of the same context.
    """

    def __init__(
        self, change: Change, file: TeamFile, own: Collection[TeamFile]
    ) -> None:
        self.change = change
        self.file = file
        self.functions = {name for other in own for name in other.functions}
        self.attributes = {name for other in own for name in other.attributes}
        self.arguments = {name for other in own for name in other.arguments}
        contexts = {item.context for item in file.imports} | {file.context}
        self.contexts = sorted(contexts & change.after.keys())
        self.called = {id(n.func) for n in file.nodes if isinstance(n, ast.Call)}
        self.awaited = {
            id(node.value.func)
            for node in file.nodes
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call)
        }

    def all(self) -> Found:
        for item in self.file.imports:
            yield from self._imported(item)
        for service in self.file.services():
            for method in service.body:
                if isinstance(method, Function):
                    yield from self._overridden(method)
        for node in self.file.nodes:
            match node:
                case ast.Attribute():
                    yield from self._operation(node)
                    yield from self._attribute(node)
                case ast.Call():
                    yield from self._keywords(node)
                case ast.Subscript(slice=ast.Constant(value=str(key))):
                    yield from self._key(node.lineno, key)
                case ast.Dict(keys=keys):
                    for text in keys:
                        if isinstance(text, ast.Constant):
                            yield from self._key(text.lineno, str(text.value))

    def _imported(self, item: Import) -> Found:
        if item.context not in self.change.after:
            what = item.name or item.module
            successor = self.change.successor(item.context)
            hint = _hint(successor) if successor else ""
            place = f"{item.context}, which is no context of the contract{hint}"
            yield item.line, f"imports {what} of {place}"
            return
        derived = self.change.new(item.context)
        place = f"{item.context}.generated.{item.module}"
        if item.module not in derived.texts:
            if item.module not in (derived.names("__init__") or ()):
                what = f"{item.name} from " if item.name else ""
                yield item.line, f"imports {what}{place}, which is not there"
            return
        known = derived.names(item.module)
        if known is not None and item.name not in ("", "*", *known):
            added = known - (self.change.old(item.context).names(item.module) or known)
            hint = nearest(item.name, added, known)
            yield item.line, f"imports {item.name}, which is not in {place}{hint}"

    def _overridden(self, method: ast.FunctionDef | ast.AsyncFunctionDef) -> Found:
        context = self.file.context
        old, new = self.change.old(context), self.change.new(context)
        name = method.name
        if now := new.operations.get(name):
            # what another decorator makes of the method is its own affair
            names = [
                getattr(decorator, "id", "") for decorator in method.decorator_list
            ]
            if set(names) <= {"override"}:
                before = old.operations.get(name)
                if why := difference(Signature(method), now, before):
                    yield method.lineno, f"{name} {why}"
        elif name in old.operations:
            hint = self.change.instead(context, name)
            gone = f"{context} has no such operation any more"
            yield method.lineno, f"{name} overrides nothing: {gone}{hint}"

    def _operation(self, node: ast.Attribute) -> Found:
        for context in self.change.lost_operations.get(node.attr, ()):
            if self._is_port(node, context):
                hint = self.change.instead(context, node.attr)
                gone = f"which {context} does not offer any more"
                yield _line(node), f"calls {node.attr}, {gone}{hint}"
                return

    def _is_port(self, node: ast.Attribute, context: str) -> bool:
        """Whether an operation of a context is meant by an attribute of its name."""
        owner = _last_name(node.value)
        if owner in (context, f"{context}_port", f"{context}_service"):
            return True
        if node.attr in self.functions:
            return False
        own = context == self.file.context
        if own and owner in ("self", "super", "service", "port"):
            return True
        known = own or context in {item.context for item in self.file.imports}
        others = self.change.after.values()
        return (
            known
            and id(node) in self.awaited
            and not any(node.attr in derived.operations for derived in others)
        )

    def _attribute(self, node: ast.Attribute) -> Found:
        owner = _last_name(node.value)
        if isinstance(node.value, ast.Name) and owner in self.file.foreign:
            if owner == "self" and node.attr in self._lost_members:
                name = f"{self.file.context}.generated.operations"
                gone = f"which is not in {name} any more"
                yield _line(node), f"uses self.{node.attr}, {gone}"
        elif (
            node.attr in self._lost_fields
            and id(node) not in self.called
            and node.attr not in self.functions | self.attributes
        ):
            yield _line(node), self._no_field(node.attr, node.attr)

    def _keywords(self, call: ast.Call) -> Found:
        if _first_name(call.func) in _LOGGERS:
            return
        for keyword in call.keywords:
            name = keyword.arg
            if (
                name in self._lost_fields
                and name not in self.arguments | self.attributes
                and name not in self._parameters
            ):
                yield keyword.lineno, self._no_field(name, name)

    def _key(self, line: int, key: str) -> Found:
        if (
            key in self._lost_keys
            and key not in self.attributes
            and key not in self._parameters
        ):
            yield line, self._no_field(key, f'"{key}"')

    def _no_field(self, name: str, shown: str) -> str:
        """What to say of a field or key that no schema or table has any more."""
        context = next(
            context
            for context in self.contexts
            if name in self.change.old(context).keys
        )
        old, new = self.change.old(context), self.change.new(context)
        if name in old.fields:
            hint = nearest(name, new.fields - old.fields)
        else:
            hint = nearest(name, new.keys - new.fields - old.keys)
        return f"uses {shown}, which {context} has in no schema or table any more{hint}"

    @cached_property
    def _changed(self) -> list[tuple[Derived, Derived]]:
        """What the file has to do with, before and after, if it has changed at all."""
        pairs = [(self.change.old(c), self.change.new(c)) for c in self.contexts]
        return pairs if any(old.texts != new.texts for old, new in pairs) else []

    @cached_property
    def _lost_fields(self) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        before = none.union(*(old.fields for old, _ in self._changed))
        return before.difference(*(new.fields for _, new in self._changed))

    @cached_property
    def _lost_keys(self) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        before = none.union(*(old.keys for old, _ in self._changed))
        return before.difference(*(new.keys for _, new in self._changed))

    @cached_property
    def _lost_members(self) -> frozenset[str]:
        old = self.change.old(self.file.context).members
        new = self.change.new(self.file.context).members
        return old - new - self.attributes

    @cached_property
    def _parameters(self) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        return none.union(*(new.parameters for _, new in self._changed))


def _line(node: ast.Attribute) -> int:
    """The line of an attribute's name, which may follow its object's."""
    return node.end_lineno or node.lineno


def _last_name(node: ast.expr) -> str:
    """The name next to the dot: `orders` of `self.contexts.orders`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Name(id="super")):
            return "super"
    return ""


def _first_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""
