"""JSON Schema of a contract -> types and models of the domain.

Every schema is read in one direction of travel: a request leaves `readOnly` properties
out, a response `writeOnly` ones. A schema that has neither gives one model for both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from . import names
from .contract import Contract
from .domain import (
    Alias,
    AliasOf,
    Enumeration,
    Field,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
    leaves,
)
from .errors import ContractError
from .owners import check_owner
from .reader import Json
from .schema_defaults import default_of
from .schema_directions import Directions
from .schema_keywords import Schema, combine, integer_of, or_null, text_of
from .schema_parts import KEYWORDS, Flat, Pointer, Said, flatten
from .schema_scalars import enumeration, scalar
from .schema_unions import tags_of, tell_apart

Direction: TypeAlias = Literal["request", "response"]
__all__ = ["Direction", "Pointer", "SchemaReader"]

# Keywords that nothing in the generated code looks after.
_UNCHECKED = (
    "not if dependentRequired dependentSchemas contains unevaluatedItems".split()
)

# Alternatives of alternatives; what exceeds it has usually no end.
MAX_CHAIN = 32


class SchemaReader:
    """Reads schemas, collecting the models, unions and enumerations they need."""

    def __init__(self, contract: Contract, taken: Iterable[str] = ()) -> None:
        self.contract = contract
        self.models: dict[str, Model] = {}
        self.aliases: dict[str, Alias] = {}
        self._unchecked: dict[tuple[str, str], None] = {}
        self._named: dict[tuple[Pointer, Direction], str] = {}
        self._taken = names.Names()
        for name in dict.fromkeys(taken):
            self._taken.unique(name)
        self._directed: dict[Pointer, bool] = {}
        self._directions = Directions(contract)
        self._open: list[Pointer] = []
        self.latest: Pointer = ()
        self._reserve()

    def _reserve(self) -> None:
        """Named schemas get their own names first, inline ones what is left."""
        components = self.contract.effective.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        self._preferred: dict[Pointer, str] = {}
        for name in schemas if isinstance(schemas, dict) else ():
            pointer = ("components", "schemas", name)
            self._preferred[pointer] = self._taken.unique(names.pascal(name))

    def read(
        self,
        node: Json,
        pointer: Pointer,
        direction: Direction,
        hint: str,
        chain: tuple[Pointer, ...] = (),
    ) -> Type:
        """The type of a schema. `hint` names what has no name of its own.

        `chain` are the schemas that it is an alternative of.
        """
        if node is True or node == {}:
            return Scalar("any")
        if node is False:
            return Scalar("never")
        flat = flatten(self.contract, node, pointer, chain)
        at = self.latest = flat.pointer
        ends = flat.schema.get("properties") or (flat.choices and at in self._preferred)
        if at in chain or len(chain) > MAX_CHAIN or (at in self._open and not ends):
            raise self._endless(at)
        for keyword in (*(k for k in _UNCHECKED if k in flat.schema), *flat.lost):
            self.leave(at, keyword)
        self._open.append(at)
        try:
            return self._read(flat, direction, hint, (*chain, at))
        finally:
            self._open.pop()

    def _endless(self, pointer: Pointer) -> ContractError:
        return ContractError(
            self.contract.place(*pointer),
            "this schema contains itself without an object in between",
            "Put the recursion into an object's property.",
        )

    def leave(self, pointer: Pointer, what: str) -> None:
        """Remember what the contract says and the service does not look after."""
        self._unchecked[self.contract.place(*pointer), what] = None

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What the service does not look after, and where the contract says it."""
        return tuple(f"{place}: {what}" for place, what in self._unchecked)

    def _read(
        self, flat: Flat, direction: Direction, hint: str, chain: tuple[Pointer, ...]
    ) -> Type:
        if flat.choices:
            return self._choice(flat, direction, hint, chain)
        values = flat.values()
        if values is not None:
            type_ = enumeration(values, self._preferred.get(flat.pointer), False)
            if isinstance(type_, Enumeration) and type_.alias:
                self.aliases[type_.alias] = Enumeration(type_.values)
            return or_null(type_, flat.nullable)
        kinds = flat.kinds
        if kinds is None:
            spoken_of = flat.spoken_of()
            kinds = (spoken_of,) if spoken_of else ("any",)
        if not kinds:
            return Scalar("null" if flat.nullable else "never")
        variants = tuple(
            self._of_kind(kind, flat, direction, hint) for kind in dict.fromkeys(kinds)
        )
        if len(variants) == 1:
            return or_null(variants[0], flat.nullable)
        return UnionOf(variants, nullable=flat.nullable)

    def _of_kind(self, kind: str, flat: Flat, direction: Direction, hint: str) -> Type:
        if kind == "object":
            return self._object(flat, direction, hint)
        if kind == "array":
            return self._array(flat, direction, hint)
        return scalar(kind, flat.schema, self.contract.place(*flat.pointer, "pattern"))

    def _choice(
        self, flat: Flat, direction: Direction, hint: str, chain: tuple[Pointer, ...]
    ) -> Type:
        """Alternatives; where the contract names them, they are read once."""
        options = [o for o in flat.choices[0].options if o != {"type": "null"}]
        name = self._preferred.get(flat.pointer)
        if name is None or len(options) < 2:
            return or_null(self._union(flat, direction, hint, chain), flat.wished)
        direction = self._seen_from(flat, direction)
        known = self._named.get((flat.pointer, direction))
        if known is None:
            if direction == "request":
                name = self._taken.unique(f"{name}Input")
            self._named[flat.pointer, direction] = name
            union = self._union(flat, direction, name, chain)
            if not isinstance(union, UnionOf):
                alone = replace(union, nullable=False)
                union = UnionOf((alone,), nullable=union.nullable)
            if any(isinstance(x, AliasOf) and x.name == name for x in leaves(union)):
                raise self._endless(flat.pointer)
            self.aliases[name] = union
            known = name
        nullable = known in self.aliases and self.aliases[known].nullable
        return AliasOf(known, flat.wished or nullable)

    def _union(
        self, flat: Flat, direction: Direction, hint: str, chain: tuple[Pointer, ...]
    ) -> Type:
        """The first alternatives of a schema, each with all that holds beside them."""
        choices, *others = flat.choices
        own, more = _beside(flat), [other.schema for other in others]
        options: list[Json] = []
        variants: list[Type] = []
        nullable = False
        for number, option in enumerate(choices.options):
            at = (*choices.pointer, choices.keyword, number)
            node = option
            if more or self._narrows(own, option, chain):
                at = (*flat.pointer, choices.keyword, number)
                node = {"allOf": [own, option, *more]}
            name = f"{hint} {_name_of(option) or number + 1}"
            variant = self.read(node, at, direction, name, chain)
            nullable = nullable or variant.nullable or variant == Scalar("null")
            variant = replace(variant, nullable=False)
            if variant not in (Scalar("null"), Scalar("never"), *variants):
                variants.append(variant)
                options.append(option)
        if not variants:
            return Scalar("null" if nullable else "never")
        if len(variants) == 1:
            return or_null(variants[0], nullable)
        wire, tags = tags_of(
            self.contract,
            replace(choices, options=tuple(options)),
            variants,
            self.models,
        )
        if choices.discriminator is not None and not tags:
            self.leave(choices.pointer, "discriminator")
        apart = bool(tags) or tell_apart(variants, self.aliases)
        exclusive = choices.keyword == "oneOf" and not apart
        return UnionOf(tuple(variants), wire, nullable, tags, exclusive)

    def _narrows(self, own: Schema, option: Json, chain: tuple[Pointer, ...]) -> bool:
        """Whether keywords allow less than an alternative does by itself."""
        flat = flatten(self.contract, option, (), chain)
        spoken_of = flat.spoken_of()
        kinds = flat.kinds or ((spoken_of,) if spoken_of else ())
        wanted = own.get("type")
        if isinstance(wanted, list) and not (kinds and set(kinds) <= {*wanted}):
            return True
        both = dict(flat.schema)
        combine(both, {k: v for k, v in own.items() if k != "type"})
        return both != flat.schema

    def _array(self, flat: Flat, direction: Direction, hint: str) -> Type:
        schema, pointer = flat.schema, flat.pointer
        least, most = (integer_of(schema.get(k)) for k in ("minItems", "maxItems"))
        first = schema.get("prefixItems")
        items = schema.get("items", True)
        if isinstance(first, list):
            if least == len(first) and (most == len(first) or items is False):
                return TupleOf(
                    tuple(
                        self.read(
                            one,
                            (*pointer, "prefixItems", n),
                            direction,
                            f"{hint}{n + 1}",
                        )
                        for n, one in enumerate(first)
                    )
                )
            self.leave(pointer, "prefixItems")
            items = True
        inner = self.read(items, (*pointer, "items"), direction, f"{hint}Item")
        return ListOf(inner, least, most, schema.get("uniqueItems") is True)

    def _object(self, flat: Flat, direction: Direction, hint: str) -> Type:
        schema, pointer = flat.schema, flat.pointer
        extra = schema.get("additionalProperties")
        closed = extra is False or schema.get("unevaluatedProperties") is False
        patterned = bool(schema.get("patternProperties"))
        listed = schema.get("properties") or schema.get("required")
        if not listed and (patterned or not closed):
            return self._map(flat, direction, hint, closed)
        for keyword in ("patternProperties", "propertyNames"):
            if keyword in schema:
                self.leave(pointer, keyword)
        direction = self._seen_from(flat, direction)
        known = self._named.get((pointer, direction))
        if known is None:
            known = self._model(flat, direction, hint, closed and not patterned)
        return ModelOf(known)

    def _map(self, flat: Flat, direction: Direction, hint: str, closed: bool) -> Type:
        """An object with free keys, which may have to match a pattern."""
        schema, pointer = flat.schema, flat.pointer
        values, at = schema.get("additionalProperties", True), "additionalProperties"
        keys: Type | None = None
        named = schema.get("propertyNames")
        if isinstance(named, dict):
            node: Json = {"type": "string", **named}
            keys = self.read(node, (*pointer, "propertyNames"), direction, hint)
        patterns = schema.get("patternProperties")
        if isinstance(patterns, dict) and patterns:
            pattern, inner = next(iter(patterns.items()))
            if closed and len(patterns) == 1 and keys is None:
                values, at = inner, "patternProperties"
                keys = Scalar("string", (("pattern", pattern),))
            else:
                self.leave(pointer, "patternProperties")
                values = True
        if keys is not None and not _is_text(keys):
            self.leave(pointer, "propertyNames")
            keys = None
        assert keys is None or isinstance(keys, Scalar | Enumeration)
        return MapOf(
            self.read(values, (*pointer, at), direction, f"{hint}Value"),
            minimum=integer_of(schema.get("minProperties")),
            maximum=integer_of(schema.get("maxProperties")),
            keys=keys,
        )

    def _model(self, flat: Flat, direction: Direction, hint: str, closed: bool) -> str:
        schema, pointer = flat.schema, flat.pointer
        name = self._preferred.get(pointer)
        if name is None:
            named = direction == "request" and pointer[0] == "components"
            name = self._taken.unique(names.pascal(f"{hint} Input" if named else hint))
        elif direction == "request":
            name = self._taken.unique(f"{name}Input")
        self._named[pointer, direction] = name
        self.models[name] = Model(name, (), False)  # its place, before what it holds
        extra = None
        more = schema.get("additionalProperties")
        more = more or bool(schema.get("patternProperties"))
        if not closed and (more is True or isinstance(more, dict)):
            at = (*pointer, "additionalProperties")
            extra = self.read(more, at, direction, f"{name} Value")
        self.models[name] = Model(
            name,
            tuple(self._fields(flat, direction, name)),
            closed,
            text_of(schema.get("description")),
            str(pointer[-1]) if pointer in self._preferred else None,
            extra,
            integer_of(schema.get("minProperties")),
            integer_of(schema.get("maxProperties")),
            pointer,
            schema.get("x-owner") is True,
        )
        return name

    def _fields(self, flat: Flat, direction: Direction, name: str) -> Iterator[Field]:
        properties = flat.schema.get("properties") or {}
        listed = flat.schema.get("required")
        required = {str(w): True for w in (listed if isinstance(listed, list) else ())}
        if not isinstance(properties, dict):
            raise ContractError(
                self.contract.place(*flat.pointer),
                "`properties` is not a mapping",
                "Make it one: names, each with a schema.",
            )
        hidden = "readOnly" if direction == "request" else "writeOnly"
        nodes = properties | {w: True for w in required if w not in properties}
        owner = self._preferred.get(flat.pointer, name)
        attributes = names.field_names(nodes)
        for wire, node in nodes.items():
            said = Said(self.contract, node)
            if said.of(hidden) is True:
                continue
            at = (*flat.pointer, "properties", wire)
            type_ = self.read(node, at, direction, f"{owner} {wire}")
            yield Field(
                name=attributes[wire],
                wire=wire,
                type=type_,
                required=wire in required,
                default=default_of(said.default(), type_, self.models, self.aliases),
                description=text_of(said.of("description")),
                unique=said.of("x-unique") is True,
                index=said.of("x-index") is True,
                caller=said.of("x-caller") is True,
                reference=text_of(said.of("x-reference")) or None,
                owner=isinstance(node, dict)
                and node.get("x-owner") is True
                and check_owner(self.contract, said, at),
                example=said.example(),
            )

    def _seen_from(self, flat: Flat, direction: Direction) -> Direction:
        """The direction that a schema is known by: one, where both see the same."""
        if flat.pointer not in self._directed:
            self._directed[flat.pointer] = self._directions.differ(
                [flat.schema, *(list(one.options) for one in flat.choices)]
            )
        return direction if self._directed[flat.pointer] else "response"


def _beside(flat: Flat) -> Schema:
    """What holds whichever alternative of a schema is taken."""
    own = {k: v for k, v in flat.schema.items() if k in KEYWORDS}
    if flat.kinds is not None:
        own["type"] = [*sorted({*flat.kinds, *(["null"] if flat.nullable else [])})]
    return own


def _name_of(option: Json) -> str:
    """The name of the schema that an alternative refers to."""
    reference = option.get("$ref") if isinstance(option, dict) else None
    return reference.rsplit("/", 1)[-1] if isinstance(reference, str) else ""


def _is_text(type_: Type) -> bool:
    if isinstance(type_, Enumeration):
        return type_.of_text
    return isinstance(type_, Scalar) and type_.kind == "string"
