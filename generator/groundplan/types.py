"""The types of values in a contract, as far as a service tells them apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

ScalarKind: TypeAlias = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "uuid",
    "date",
    "date-time",
    "decimal",
    "email",
    "any",
]


@dataclass(frozen=True)
class Scalar:
    """One value. Constraints carry JSON Schema's keywords (`minLength`, `maximum`)."""

    kind: ScalarKind
    constraints: tuple[tuple[str, "int | float | str"], ...] = ()
    nullable: bool = False

    def constraint(self, keyword: str) -> "int | float | str | None":
        return dict(self.constraints).get(keyword)


@dataclass(frozen=True)
class Enumeration:
    """One of some strings or integers; named where the contract names it."""

    values: tuple[str | int, ...]
    alias: str | None = None
    nullable: bool = False


@dataclass(frozen=True)
class ListOf:
    """A JSON array."""

    items: "Type"
    minimum: int | None = None
    maximum: int | None = None
    unique: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class MapOf:
    """A JSON object with free keys."""

    values: "Type"
    nullable: bool = False


@dataclass(frozen=True)
class ModelOf:
    """An object: a reference to a `Model` by its name."""

    model: str
    nullable: bool = False


@dataclass(frozen=True)
class UnionOf:
    """One of several types, told apart by `discriminator` (a wire name) if given."""

    variants: tuple["Type", ...]
    discriminator: str | None = None
    nullable: bool = False


Type: TypeAlias = Scalar | Enumeration | ListOf | MapOf | ModelOf | UnionOf


def leaves(type_: Type) -> Iterator[Type]:
    """The parts of a type that hold no other type."""
    if isinstance(type_, ListOf):
        yield from leaves(type_.items)
    elif isinstance(type_, MapOf):
        yield from leaves(type_.values)
    elif isinstance(type_, UnionOf):
        for variant in type_.variants:
            yield from leaves(variant)
    else:
        yield type_
