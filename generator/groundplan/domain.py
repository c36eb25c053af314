"""The stack-neutral model of an effective contract: contexts, entities, operations.

Wire names are the contract's; `name`s are safe identifiers (see `names`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from .domain_types import AliasOf as AliasOf
from .domain_types import Enumeration as Enumeration
from .domain_types import ListOf as ListOf
from .domain_types import MapOf as MapOf
from .domain_types import ModelOf as ModelOf
from .domain_types import Plain as Plain
from .domain_types import Scalar as Scalar
from .domain_types import ScalarKind as ScalarKind
from .domain_types import TupleOf as TupleOf
from .domain_types import Type as Type
from .domain_types import UnionOf as UnionOf
from .domain_types import leaves as leaves
from .domain_types import named_in as named_in
from .reader import Json

if TYPE_CHECKING:
    from .error_bodies import ErrorBodies

Alias: TypeAlias = Enumeration | UnionOf

MISSING_DEFAULT = object()
ROLES = ("USER", "MODERATOR", "ADMIN")


@dataclass(frozen=True)
class Field:
    """A property of a model."""

    name: str
    wire: str
    type: Type
    required: bool
    default: object = MISSING_DEFAULT
    description: str = ""
    unique: bool = False
    index: bool = False
    caller: bool = False
    owner: bool = False
    reference: str | None = None
    example: Json = None

    @property
    def has_default(self) -> bool:
        return self.default is not MISSING_DEFAULT


@dataclass(frozen=True)
class Model:
    """A named object of the contract, in one direction of travel.

    `extra` is the type of properties that are not listed, where the contract says one.
    """

    name: str
    fields: tuple[Field, ...]
    closed: bool
    description: str = ""
    schema: str | None = None
    extra: Type | None = None
    minimum: int | None = None
    maximum: int | None = None
    pointer: tuple[str | int, ...] = ()
    owned: bool = False

    def field(self, name: str) -> Field | None:
        return next((item for item in self.fields if item.name == name), None)


@dataclass(frozen=True)
class Column:
    """A column of an entity's table."""

    name: str
    type: Type
    nullable: bool
    key: bool = False
    generated: Literal["uuid", "integer"] | None = None
    managed: Literal["created", "updated"] | None = None
    default: object = MISSING_DEFAULT
    unique: bool = False
    index: bool = False

    @property
    def has_default(self) -> bool:
        return self.default is not MISSING_DEFAULT


@dataclass(frozen=True)
class Entity:
    """Something with a collection path and an item path, stored in a table."""

    name: str
    attribute: str
    table: str
    row: str
    model: str
    columns: tuple[Column, ...]
    collection_path: str
    item_path: str = ""
    scope: tuple[str, ...] = ()
    """The columns that keep the path parameters above a nested collection."""
    owner: str | None = None
    """The column that says whose an item is, where only its owner may use it."""

    @property
    def key(self) -> Column:
        """The column that identifies an item, among those of the same scope."""
        return next(c for c in self.columns if c.key and c.name not in self.scope)

    def column(self, name: str) -> Column | None:
        return next((item for item in self.columns if item.name == name), None)


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation.

    `separated` is the style of a list that is written as one text.
    """

    name: str
    wire: str
    place: Literal["path", "query", "header", "cookie"]
    type: Type
    required: bool
    default: object = MISSING_DEFAULT
    description: str = ""
    example: Json = None
    separated: str | None = None
    deprecated: bool = False

    @property
    def has_default(self) -> bool:
        return self.default is not MISSING_DEFAULT


@dataclass(frozen=True)
class Body:
    """The JSON body of a request."""

    type: Type
    required: bool
    media: str = "application/json"


@dataclass(frozen=True)
class Reply:
    """The successful response. `media` is set where it is not JSON."""

    status: int
    type: Type | None
    media: str | None = None


@dataclass(frozen=True)
class Wrapper:
    """How a response wraps what it is about: field name -> source, nested by model.

    A source is `item` or `items`, a number of the page (`page`, `offset`, `limit`,
    `total`, `pages`), a flag (`has_more`, `success`), or a nested Wrapper.
    """

    model: str
    fields: tuple[tuple[str, "str | Wrapper"], ...]


@dataclass(frozen=True)
class Parent:
    """The item that a nested collection belongs to; its `get` says whether it exists.

    Within the context it is asked by the attribute of its repository, elsewhere by
    the method of the context's port.
    """

    context: str
    method: str
    keys: tuple[str, ...]
    entity: Entity


@dataclass(frozen=True)
class Reference:
    """A field of a body that names an item, and how that is asked for."""

    name: str
    wire: str
    owner: Parent


# The answers to error_format, api_versioning, rate_limit, idempotency.
Ways: TypeAlias = tuple[str, str, str, str]

# Credentials that are needed together: `basic`, `bearer`, `header:X-Key`.
Alternative: TypeAlias = tuple[str, ...]

StorageKind: TypeAlias = Literal["list", "get", "create", "update", "replace", "delete"]


@dataclass(frozen=True)
class Storage:
    """How an operation is answered from an entity's table.

    `model` is what an item comes back as, `literal` what comes back instead where the
    reply says nothing of it, `inside` the field of the body that holds the
    item, `within` the path parameters that a nested item's columns have to match,
    `caller` the fields that say who created it, and `owner` the one that has to be the
    caller.
    """

    kind: StorageKind
    entity: Entity
    model: str
    key: str = ""
    wrapper: Wrapper | None = None
    literal: str | None = None
    inside: str | None = None
    within: tuple[tuple[str, str], ...] = ()
    parent: Parent | None = None
    references: tuple[Reference, ...] = ()
    caller: tuple[Field, ...] = ()
    owner: str | None = None
    page: str | None = None
    first_page: int = 1
    offset: str | None = None
    cursor: str | None = None
    limit: str | None = None
    sort: str | None = None
    order: str | None = None
    search: str | None = None
    usual_sort: str | None = None
    filters: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


WRITTEN = "service"


@dataclass(frozen=True)
class Stub:
    """Why an operation is left to the team; `WRITTEN` where the team has written it.

    `missing` are the fields of `model` that nobody fills, where that is the reason;
    `elsewhere` is the context whose storage would answer.
    """

    code: str
    reason: str
    model: str = ""
    missing: tuple[str, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation of the contract and how it is answered.

    `others` are the responses below 400 that it may give besides the usual one.
    """

    id: str
    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    reply: Reply
    errors: tuple[str, ...]
    schemes: tuple[Alternative, ...]
    roles: tuple[str, ...]
    answer: Storage | Stub
    scopes: tuple[tuple[str, ...], ...] = ()
    security: tuple[dict[str, Json], ...] = ()
    deprecated: bool = False
    others: tuple[Reply, ...] = ()
    rate_limit: str = ""
    max_age: int | None = None


def is_about_item(operation: Operation) -> bool:
    """Whether an operation reads, changes or deletes one stored item of the path."""
    answer = operation.answer
    return (
        isinstance(answer, Storage)
        and answer.kind in ("get", "update", "replace", "delete")
        and any(p.name == answer.key for p in operation.parameters)
    )


@dataclass(frozen=True)
class Context:
    """A bounded context: one package of the generated project."""

    name: str
    title: str
    description: str
    entities: tuple[Entity, ...]
    operations: tuple[Operation, ...]

    @property
    def class_name(self) -> str:
        return class_name(self.name)

    @property
    def stubs(self) -> tuple[Operation, ...]:
        """The operations that nobody has written yet."""
        return tuple(
            o
            for o in self.operations
            if isinstance(o.answer, Stub) and o.answer.code != WRITTEN
        )

    def types(self) -> list[Type]:
        """The types that its tables and operations speak of directly."""
        found: list[Type] = []
        for entity in self.entities:
            found += [ModelOf(entity.model), *(c.type for c in entity.columns)]
        for operation in self.operations:
            found += [parameter.type for parameter in operation.parameters]
            found += [operation.body.type] if operation.body else []
            replies = (operation.reply, *operation.others)
            found += [reply.type for reply in replies if reply.type]
        return found


@dataclass(frozen=True)
class Domain:
    """All contexts, and the models and aliases that their operations use.

    `error_bodies` are there where errors are answered as the contract declares them,
    and `unchecked` says, a line each, what the contract asks for and nobody sees to.
    """

    title: str
    contexts: tuple[Context, ...]
    models: dict[str, Model]
    aliases: dict[str, Alias]
    base_path: str
    effective: dict[str, Json] = field(repr=False, compare=False)
    unchecked: tuple[str, ...] = ()
    error_format: str = "problem"
    error_bodies: "ErrorBodies | None" = field(default=None, compare=False)
    versioning: str = "none"
    rate_limit: str = "none"
    idempotency: str = "none"

    @property
    def ways(self) -> Ways:
        """The answers that decided how the contract was understood."""
        return self.error_format, self.versioning, self.rate_limit, self.idempotency

    @property
    def secured(self) -> bool:
        return any(o.schemes for c in self.contexts for o in c.operations)

    def models_of(self, context: Context) -> list[Model]:
        """The models that a context uses, with everything they refer to.

        In the order of the contract.
        """
        found = self.names_of(context.types())
        return [model for name, model in self.models.items() if name in found]

    def names_of(self, types: Iterable[Type]) -> set[str]:
        """The names of all models and unions that types lead to."""
        found: set[str] = set()
        pending = [name for type_ in types for name in named_in(type_)]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                for type_ in self.types_in(name):
                    pending.extend(named_in(type_))
        return found

    def types_in(self, name: str) -> Iterator[Type]:
        """The types that a model or a union holds."""
        alias = self.aliases.get(name)
        if alias is not None:
            yield alias
            return
        model = self.models[name]
        yield from (item.type for item in model.fields)
        if model.extra is not None:
            yield model.extra


def class_name(context: str) -> str:
    """What the classes of a context are named after: `stock_room` -> `StockRoom`."""
    return "".join(word.capitalize() for word in context.split("_"))
