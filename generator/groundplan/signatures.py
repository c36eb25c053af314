"""Signatures of methods, compared by their syntax."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """A parameter as callers see it."""

    name: str
    optional: bool
    default: str
    annotation: ast.expr | None


class Signature:
    """How a method is called, without `self`, and what it returns."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        given = function.args
        every = [*given.posonlyargs, *given.args]
        without = [None] * (len(every) - len(given.defaults))
        self.positional = [
            _parameter(argument, default)
            for argument, default in zip(
                every, [*without, *given.defaults], strict=True
            )
        ][1:]
        self.named = {
            argument.arg: _parameter(argument, default)
            for argument, default in zip(
                given.kwonlyargs, given.kw_defaults, strict=True
            )
        }
        self.any_positional = given.vararg is not None
        self.any_named = given.kwarg is not None
        self.returns = function.returns

    def __str__(self) -> str:
        parts = [item.name + item.default for item in self.positional]
        if self.any_positional:
            parts.append("*args")
        elif self.named:
            parts.append("*")
        parts += [item.name + item.default for item in self.named.values()]
        return f"({', '.join(parts + ['**kwargs'] * self.any_named)})"

    @property
    def parameters(self) -> list[Parameter]:
        """All of them that have a name of their own."""
        return [*self.positional, *self.named.values()]

    @property
    def exact(self) -> str:
        """All of it as text: two methods of one text are the same but for the name."""
        types = [text_of(item.annotation) for item in self.parameters]
        return f"{self}{types}{text_of(self.returns)}"


def difference(
    yours: Signature, now: Signature, before: Signature | None
) -> str | None:
    """Why a method cannot stand for another of the same name; None where it can.

    Types are compared where they have changed and the method still has the old ones:
    any other text may be a wider type under another name.
    """
    if not _callable_as(yours, now):
        return f"takes {now} now; yours takes {yours}"
    old = {item.name: item for item in before.parameters} if before else {}
    for mine, item in _pairs(yours, now):
        if item.name in old:
            wanted, given = item.annotation, mine.annotation
            changed = text_of(given) == text_of(old[item.name].annotation)
            if given and changed and not members_of(wanted) <= members_of(given):
                return (
                    f"takes {item.name}: {text_of(wanted)} now; "
                    f"yours takes {mine.name}: {text_of(given)}"
                )
    wanted, given = now.returns, yours.returns
    changed = before is not None and text_of(given) == text_of(before.returns)
    if given and changed and not members_of(given) <= members_of(wanted):
        return f"returns {text_of(wanted)} now; yours returns {text_of(given)}"
    return None


def _callable_as(yours: Signature, now: Signature) -> bool:
    """Whether every call of the one is a call of the other.

    What is passed by position may have another name, as for type checkers.
    """
    missing = now.positional[len(yours.positional) :]
    if missing and not yours.any_positional:
        return False
    names = {item.name for item in now.parameters}
    for mine, wanted in zip(yours.positional, now.positional, strict=False):
        if mine.name != wanted.name and mine.name in names:
            return False
    given = {wanted.name for _, wanted in _pairs(yours, now)}
    if not yours.any_named and now.named.keys() - given:
        return False
    if any(
        wanted.optional and not mine.optional for mine, wanted in _pairs(yours, now)
    ):
        return False
    more = [*yours.positional[len(now.positional) :], *yours.named.values()]
    return all(item.optional or item.name in now.named for item in more)


def _pairs(yours: Signature, now: Signature) -> Iterator[tuple[Parameter, Parameter]]:
    """The parameters of the one with those of the other that a call gives them."""
    yield from zip(yours.positional, now.positional, strict=False)
    rest = [*yours.positional[len(now.positional) :], *yours.named.values()]
    for mine in rest:
        if mine.name in now.named:
            yield mine, now.named[mine.name]


def members_of(annotation: ast.expr | None) -> frozenset[str]:
    """What a type may be: the members of a union, the values of a Literal."""
    match annotation:
        case None:
            return frozenset()
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return members_of(left) | members_of(right)
        case ast.Constant(value=str()):
            return members_of(_unquoted(annotation))
        case ast.Subscript(value=value, slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            match text_of(value):
                case "Literal":
                    return frozenset(f"Literal[{ast.unparse(item)}]" for item in items)
                case "Optional":
                    return members_of(inner) | {"None"}
                case "Union":
                    return frozenset().union(*(members_of(item) for item in items))
    return frozenset({text_of(annotation)})


def text_of(annotation: ast.expr | None) -> str:
    """A type as text, without quotes and without the modules that names come from."""
    if annotation is None:
        return ""
    plain = copy.deepcopy(_unquoted(annotation))
    return ast.unparse(_Unqualified().visit(plain))


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError):
            return ast.Name(annotation.value, ast.Load())
    return annotation


class _Unqualified(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name(node.attr, ast.Load())


def _parameter(argument: ast.arg, default: ast.expr | None) -> Parameter:
    shown = "" if default is None else f"={ast.unparse(default)}"
    return Parameter(argument.arg, default is not None, shown, argument.annotation)
