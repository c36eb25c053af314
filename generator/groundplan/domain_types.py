"""What a value of the contract may be: the types of the domain.

Wire names are the contract's; names of models are safe identifiers.
"""

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
    "decimal-number",
    "email",
    "any",
    "null",
    "never",
]
Plain: TypeAlias = bool | int | float | str


@dataclass(frozen=True)
class Scalar:
    """One value. Constraints carry JSON Schema's keywords (`minLength`, `maximum`).

    `format` is the contract's word where the kind does not say it already.
    """

    kind: ScalarKind
    constraints: tuple[tuple[str, "int | float | str"], ...] = ()
    nullable: bool = False
    format: str | None = None

    def constraint(self, keyword: str) -> "int | float | str | None":
        return dict(self.constraints).get(keyword)


@dataclass(frozen=True)
class Enumeration:
    """One of some plain values; named where the contract names it."""

    values: tuple[Plain, ...]
    alias: str | None = None
    nullable: bool = False

    @property
    def of_text(self) -> bool:
        return all(isinstance(value, str) for value in self.values)


@dataclass(frozen=True)
class ListOf:
    """A JSON array."""

    items: "Type"
    minimum: int | None = None
    maximum: int | None = None
    unique: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class TupleOf:
    """A JSON array of a fixed length, each item of a type of its own."""

    items: tuple["Type", ...]
    nullable: bool = False


@dataclass(frozen=True)
class MapOf:
    """A JSON object with free keys, of which there may have to be some."""

    values: "Type"
    nullable: bool = False
    minimum: int | None = None
    maximum: int | None = None
    keys: "Scalar | Enumeration | None" = None


@dataclass(frozen=True)
class ModelOf:
    """An object: a reference to a `Model` by its name."""

    model: str
    nullable: bool = False


@dataclass(frozen=True)
class UnionOf:
    """One of several types.

    They are told apart by `discriminator` (a wire name) if given, whose values `tags`
    gives with the number of the variant; of an `exclusive` one, only one may fit.
    """

    variants: tuple["Type", ...]
    discriminator: str | None = None
    nullable: bool = False
    tags: tuple[tuple[str, int], ...] = ()
    exclusive: bool = False


@dataclass(frozen=True)
class AliasOf:
    """A union that the contract names: a reference to `Domain.aliases`."""

    name: str
    nullable: bool = False


Type: TypeAlias = (
    Scalar | Enumeration | ListOf | TupleOf | MapOf | ModelOf | UnionOf | AliasOf
)


def named_in(type_: Type) -> Iterator[str]:
    """The names of the models and unions that a type refers to directly."""
    for leaf in leaves(type_):
        if isinstance(leaf, ModelOf):
            yield leaf.model
        elif isinstance(leaf, AliasOf):
            yield leaf.name


def leaves(type_: Type) -> Iterator[Type]:
    """The parts of a type that hold no other type."""
    if isinstance(type_, ListOf):
        yield from leaves(type_.items)
    elif isinstance(type_, TupleOf):
        for item in type_.items:
            yield from leaves(item)
    elif isinstance(type_, MapOf):
        yield from leaves(type_.values)
        if type_.keys is not None:
            yield from leaves(type_.keys)
    elif isinstance(type_, UnionOf):
        for variant in type_.variants:
            yield from leaves(variant)
    else:
        yield type_
