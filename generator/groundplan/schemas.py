"""JSON Schema of a contract -> types and models of the domain.

Every schema is read in one direction of travel: a request leaves `readOnly` properties
out, a response `writeOnly` ones. A schema that has neither gives one model for both.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from . import names
from .contract import Contract
from .domain import (
    Enumeration,
    Field,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from .errors import ContractError
from .owners import check_owner
from .reader import Json
from .schema_keywords import (
    Schema,
    combine,
    constraints_of,
    default_of,
    example_of,
    integer_of,
    number_constraints_of,
    or_null,
    text_of,
)

Direction: TypeAlias = Literal["request", "response"]
Pointer: TypeAlias = tuple[str | int, ...]

_STRING_FORMATS: dict[str, ScalarKind] = {
    "uuid": "uuid",
    "date": "date",
    "date-time": "date-time",
    "email": "email",
    "decimal": "decimal",
}
_STRING_KEYWORDS = ("minLength", "maxLength", "pattern")
_ANNOTATIONS = frozenset(
    "description title example examples deprecated default readOnly writeOnly "
    "externalDocs xml $comment".split()
)
MAX_PATTERN = 500


class SchemaReader:
    """Reads schemas, collecting the models and named enumerations they need."""

    def __init__(self, contract: Contract, taken: Iterable[str] = ()) -> None:
        self.contract = contract
        self.models: dict[str, Model] = {}
        self.aliases: dict[str, Enumeration] = {}
        self._model_names: dict[tuple[Pointer, Direction], str] = {}
        self._taken = names.Names()
        for name in dict.fromkeys(taken):
            self._taken.unique(name)
        self._directed: dict[Pointer, bool] = {}
        self._open: list[Pointer] = []
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
        self, node: Json, pointer: Pointer, direction: Direction, hint: str
    ) -> Type:
        """The type of a schema. `hint` names an object that has no name of its own."""
        if node is True or node == {}:
            return Scalar("any")
        schema, at = self.contract.resolve(node, pointer)
        if at in self._open and not schema.get("properties"):
            raise ContractError(
                self.contract.place(*pointer),
                "this schema contains itself without an object in between",
                "Put the recursion into an object's property.",
            )
        self._open.append(at)
        try:
            return self._read(schema, at, direction, hint)
        finally:
            self._open.pop()

    def _read(
        self, schema: Schema, pointer: Pointer, direction: Direction, hint: str
    ) -> Type:
        schema, nullable = self._without_null(schema)
        if "allOf" in schema:
            schema = self._merged(schema, pointer)
            only = schema.get("$ref")
            if isinstance(only, str):
                type_ = self.read({"$ref": only}, pointer, direction, hint)
                return or_null(type_, nullable)
            schema, inner = self._without_null(schema)
            nullable = nullable and inner
        if "enum" in schema or "const" in schema:
            return self._enumeration(schema, pointer, nullable)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema and not schema.get("properties"):
                return self._union(schema, keyword, pointer, direction, hint, nullable)
        kind = schema.get("type")
        if isinstance(kind, list):
            variants = tuple(
                self._read({**schema, "type": one}, pointer, direction, hint)
                for one in kind
            )
            return UnionOf(variants, nullable=nullable)
        if self._is_object(schema):
            return self._object(schema, pointer, direction, hint, nullable)
        if kind == "array":
            items = schema.get("items", {})
            return ListOf(
                self.read(items, (*pointer, "items"), direction, f"{hint}Item"),
                integer_of(schema.get("minItems")),
                integer_of(schema.get("maxItems")),
                schema.get("uniqueItems") is True,
                nullable,
            )
        return self._scalar(schema, pointer, nullable)

    def _scalar(self, schema: Schema, pointer: Pointer, nullable: bool) -> Type:
        kind = schema.get("type")
        if kind == "string":
            scalar = _STRING_FORMATS.get(str(schema.get("format")), "string")
            keywords = {
                "string": _STRING_KEYWORDS,
                "email": ("minLength", "maxLength"),
            }.get(scalar, ())
            pattern = schema.get("pattern")
            if isinstance(pattern, str) and len(pattern) > MAX_PATTERN:
                raise ContractError(
                    self.contract.place(*pointer, "pattern"),
                    f"a pattern of more than {MAX_PATTERN} characters",
                    "Shorten it, or check the value in service.py.",
                )
            return Scalar(scalar, constraints_of(schema, keywords), nullable)
        if kind in ("integer", "number"):
            decimal = kind == "number" and schema.get("format") == "decimal"
            scalar = "decimal" if decimal else kind  # type: ignore[assignment]
            return Scalar(scalar, number_constraints_of(schema), nullable)
        if kind == "boolean":
            return Scalar("boolean", (), nullable)
        if kind == "null":
            return Scalar("any", (), True)
        return Scalar("any", (), nullable)

    def _enumeration(self, schema: Schema, pointer: Pointer, nullable: bool) -> Type:
        values = schema.get("enum", [schema.get("const")])
        assert isinstance(values, list)
        plain = tuple(
            dict.fromkeys(
                v
                for v in values
                if isinstance(v, str | int) and not isinstance(v, bool)
            )
        )
        if not plain or any(isinstance(v, dict | list | float) for v in values):
            return Scalar("any", (), nullable)
        nullable = nullable or None in values
        return Enumeration(plain, self._alias(pointer, plain), nullable)

    def _alias(self, pointer: Pointer, values: tuple[str | int, ...]) -> str | None:
        """The name of a named enumeration; None where it is written inline."""
        if pointer not in self._preferred:
            return None
        name = self._preferred[pointer]
        self.aliases[name] = Enumeration(values)
        return name

    def _union(
        self,
        schema: Schema,
        keyword: str,
        pointer: Pointer,
        direction: Direction,
        hint: str,
        nullable: bool,
    ) -> Type:
        options = schema[keyword]
        assert isinstance(options, list)
        variants: list[Type] = []
        for number, option in enumerate(options):
            if isinstance(option, dict) and option.get("type") == "null":
                nullable = True
                continue
            at = (*pointer, keyword, number)
            variants.append(self.read(option, at, direction, f"{hint}{number + 1}"))
        variants = list(dict.fromkeys(variants))
        if len(variants) == 1:
            return or_null(variants[0], nullable)
        return UnionOf(tuple(variants), None, nullable)

    def _object(
        self,
        schema: Schema,
        pointer: Pointer,
        direction: Direction,
        hint: str,
        nullable: bool,
    ) -> Type:
        properties = schema.get("properties")
        extra = schema.get("additionalProperties")
        if not properties:
            if isinstance(extra, dict) and extra:
                at = (*pointer, "additionalProperties")
                return MapOf(self.read(extra, at, direction, f"{hint}Value"), nullable)
            if extra is not False:
                return MapOf(Scalar("any"), nullable)
        if not self._has_direction(schema, pointer):
            direction = "response"
        known = self._model_names.get((pointer, direction))
        if known is None:
            known = self._model(schema, pointer, direction, hint)
        return ModelOf(known, nullable)

    def _model(
        self, schema: Schema, pointer: Pointer, direction: Direction, hint: str
    ) -> str:
        name = self._preferred.get(pointer)
        if name is None:
            name = self._taken.unique(names.pascal(hint))
        elif direction == "request":
            name = self._taken.unique(f"{name}Input")
        self._model_names[pointer, direction] = name
        self.models[name] = Model(name, (), False)  # its place, before what it holds
        properties = schema.get("properties") or {}
        required = schema.get("required")
        required = required if isinstance(required, list) else []
        if not isinstance(properties, dict):
            raise ContractError(
                self.contract.place(*pointer), "`properties` is not a mapping", None
            )
        attributes = names.field_names(properties)
        fields = []
        skipped = "readOnly" if direction == "request" else "writeOnly"
        for wire, node in properties.items():
            flat, _ = (
                self.contract.resolve(node, pointer)
                if isinstance(node, dict)
                else ({}, pointer)
            )
            own = node if isinstance(node, dict) else {}
            if {**flat, **own}.get(skipped) is True:
                continue
            at = (*pointer, "properties", wire)
            type_ = self.read(node, at, direction, f"{name} {wire}")
            fields.append(
                Field(
                    name=attributes[wire],
                    wire=wire,
                    type=type_,
                    required=wire in required,
                    default=default_of({**flat, **own}, type_),
                    description=text_of(
                        own.get("description", flat.get("description"))
                    ),
                    unique={**flat, **own}.get("x-unique") is True,
                    index={**flat, **own}.get("x-index") is True,
                    caller={**flat, **own}.get("x-caller") is True,
                    owner=own.get("x-owner") is True
                    and check_owner(self.contract, {**flat, **own}, at),
                    example=example_of({**flat, **own}),
                )
            )
        closed = (
            schema.get("additionalProperties") is False
            or schema.get("unevaluatedProperties") is False
        )
        self.models[name] = Model(
            name,
            tuple(fields),
            closed,
            text_of(schema.get("description")),
            str(pointer[-1]) if pointer in self._preferred else None,
            pointer,
            schema.get("x-owner") is True,
        )
        return name

    def _has_direction(self, schema: Schema, pointer: Pointer) -> bool:
        """Whether requests and responses see different properties of a schema."""
        known = self._directed.get(pointer)
        if known is not None:
            return known
        self._directed[pointer] = False
        pending: list[tuple[Json, Pointer]] = [(schema, pointer)]
        seen: set[Pointer] = set()
        while pending:
            node, at = pending.pop()
            if isinstance(node, list):
                pending.extend((item, (*at, n)) for n, item in enumerate(node))
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$ref"), str):
                target, target_at = self.contract.resolve(node, at)
                if target_at not in seen:
                    seen.add(target_at)
                    pending.append((target, target_at))
            if node.get("readOnly") is True or node.get("writeOnly") is True:
                self._directed[pointer] = True
                return True
            for key, value in node.items():
                if key not in ("example", "examples", "default", "enum", "const"):
                    pending.append((value, (*at, key)))
        return False

    def _without_null(self, schema: Schema) -> tuple[Schema, bool]:
        """Both dialects of nullable: 3.0's keyword and 3.1's type list."""
        nullable = schema.get("nullable") is True
        kind = schema.get("type")
        if isinstance(kind, list):
            kinds = [one for one in kind if one != "null"]
            nullable = nullable or len(kinds) < len(kind)
            schema = {**schema, "type": kinds[0] if len(kinds) == 1 else kinds}
            if not kinds:
                schema["type"] = "null"
        return schema, nullable

    def _merged(self, schema: Schema, pointer: Pointer) -> Schema:
        """An `allOf` as one schema; a lone reference stays a reference."""
        parts = schema["allOf"]
        assert isinstance(parts, list)
        own = {k: v for k, v in schema.items() if k != "allOf"}
        if (
            len(parts) == 1
            and isinstance(parts[0], dict)
            and isinstance(parts[0].get("$ref"), str)
            and not set(own) - _ANNOTATIONS - {"nullable", "type"}
        ):
            return {"$ref": parts[0]["$ref"]}
        merged: Schema = {}
        for number, part in enumerate([*parts, own]):
            flat, at = self.contract.resolve(part, (*pointer, "allOf", number))
            if at in self._open[:-1] and "allOf" in flat:
                raise ContractError(
                    self.contract.place(*pointer), "allOf contains itself", None
                )
            if "allOf" in flat:
                flat = self._merged(flat, at)
                if "$ref" in flat:
                    flat, _ = self.contract.resolve(flat, at)
            combine(merged, flat)
        return merged

    @staticmethod
    def _is_object(schema: Schema) -> bool:
        kind = schema.get("type")
        return kind == "object" or (
            kind is None
            and ("properties" in schema or "additionalProperties" in schema)
        )
