"""Schemas: what JSON Schema says, in both dialects, as types of the domain."""

from typing import Any

import pytest

from groundplan.contract import Contract
from groundplan.domain import (
    MISSING_DEFAULT,
    Enumeration,
    Field,
    ListOf,
    MapOf,
    Model,
    ModelOf,
    Scalar,
    Type,
    UnionOf,
)
from groundplan.errors import ContractError
from groundplan.reader import Document
from groundplan.schemas import Direction, SchemaReader

from .projects import Data


def reader(**schemas: Any) -> SchemaReader:
    data: Data = {"openapi": "3.1.0", "components": {"schemas": schemas}}
    return SchemaReader(Contract(Document("c", data), None, data))


def type_of(schema: Any, direction: Direction = "request", **schemas: Any) -> Type:
    return reader(Own=schema, **schemas).read(
        {"$ref": "#/components/schemas/Own"}, (), direction, "hint"
    )


def model_of(schema: Any, direction: Direction = "request", **schemas: Any) -> Model:
    made = reader(Own=schema, **schemas)
    type_ = made.read(schema, ("components", "schemas", "Own"), direction, "hint")
    assert isinstance(type_, ModelOf)
    return made.models[type_.model]


def field_of(schema: Any, **schemas: Any) -> Field:
    found = model_of({"type": "object", "properties": {"a": schema}}, **schemas)
    return found.fields[0]


FORMATS = {
    "uuid": "uuid",
    "date": "date",
    "date-time": "date-time",
    "email": "email",
    "decimal": "decimal",
    "byte": "string",
    "password": "string",
    "of my own": "string",
}


@pytest.mark.parametrize("name", FORMATS)
def test_formats_of_strings(name: str) -> None:
    type_ = type_of({"type": "string", "format": name})
    assert isinstance(type_, Scalar)
    assert type_.kind == FORMATS[name]


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        (
            {"type": "integer", "format": "int32"},
            Scalar("integer", (), False, "int32"),
        ),
        (
            {"type": "number", "format": "double"},
            Scalar("number", (), False, "double"),
        ),
        ({"type": "number", "format": "decimal"}, Scalar("decimal-number")),
        ({"type": "boolean"}, Scalar("boolean")),
        ({}, Scalar("any")),
        (True, Scalar("any")),
        ({"description": "Anything."}, Scalar("any")),
        ({"type": "object"}, MapOf(Scalar("any"))),
        ({"type": "object", "additionalProperties": True}, MapOf(Scalar("any"))),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            MapOf(Scalar("integer")),
        ),
        ({"type": "array"}, ListOf(Scalar("any"))),
        (
            {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "maxItems": 2,
                "uniqueItems": True,
            },
            ListOf(Scalar("string"), 1, 2, True),
        ),
        ({"const": "x"}, Enumeration(("x",))),
        ({"enum": [True, False, 1]}, Enumeration((True, False, 1))),
        ({"enum": [1.5, 2]}, Enumeration((1.5, 2))),
        ({"enum": [[1], "a"]}, Scalar("any", (("enum", '[[1], "a"]'),))),
        ({"type": "string", "enum": ["a", 1]}, Enumeration(("a",))),
        ({"enum": ["a", "b", "a"]}, Enumeration(("a", "b"))),
        (
            {"type": ["string", "integer"]},
            UnionOf((Scalar("string"), Scalar("integer"))),
        ),
    ],
)
def test_types(schema: Any, type_: Type) -> None:
    assert field_of(schema).type == type_


NULLABLE = [
    ({"type": "string", "nullable": True}, Scalar("string", (), True)),
    ({"type": ["string", "null"]}, Scalar("string", (), True)),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, Scalar("string", (), True)),
    ({"oneOf": [{"type": "null"}, {"type": "string"}]}, Scalar("string", (), True)),
    ({"enum": ["a", None]}, Enumeration(("a",), None, True)),
    ({"enum": ["a"], "nullable": True}, Enumeration(("a",), None, True)),
    ({"type": "array", "nullable": True}, ListOf(Scalar("any"), nullable=True)),
    ({"type": ["object", "null"]}, MapOf(Scalar("any"), True)),
    ({"type": "null"}, Scalar("null")),
    (
        {"type": ["string", "integer", "null"]},
        UnionOf((Scalar("string"), Scalar("integer")), None, True),
    ),
    (
        {"allOf": [{"$ref": "#/components/schemas/Other"}], "nullable": True},
        ModelOf("Other", True),
    ),
    (
        {"anyOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}]},
        ModelOf("Other", True),
    ),
]


@pytest.mark.parametrize(("schema", "type_"), NULLABLE)
def test_both_dialects_of_nullable(schema: Data, type_: Type) -> None:
    other = {"type": "object", "properties": {"x": {"type": "string"}}}
    assert field_of(schema, Other=other).type == type_


@pytest.mark.parametrize(
    ("schema", "constraints"),
    [
        (
            {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a"},
            {"minLength": 1, "maxLength": 9, "pattern": "^a"},
        ),
        ({"type": "string", "format": "uuid", "maxLength": 36}, {}),
        (
            {
                "type": "number",
                "minimum": 0,
                "exclusiveMaximum": 1.5,
                "multipleOf": 0.5,
            },
            {"minimum": 0, "exclusiveMaximum": 1.5, "multipleOf": 0.5},
        ),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"exclusiveMinimum": 0},
        ),
        (
            {"type": "number", "maximum": 9, "exclusiveMaximum": False},
            {"maximum": 9},
        ),
        (
            {"type": "integer", "minimum": 1.5, "maximum": 3.5, "multipleOf": 1.5},
            {"minimum": 2, "maximum": 3, "multipleOf": 3},
        ),
        (
            {"type": "integer", "exclusiveMinimum": 1.5, "exclusiveMaximum": 3.5},
            {"exclusiveMinimum": 1, "exclusiveMaximum": 4},
        ),
    ],
)
def test_constraints_in_one_form(schema: Data, constraints: Data) -> None:
    type_ = field_of(schema).type
    assert isinstance(type_, Scalar)
    assert dict(type_.constraints) == constraints
    assert not any(
        isinstance(value, float) for value in constraints.values()
    ) or type_.kind == ("number")


class TestAllOf:
    def test_parts_become_one_model(self) -> None:
        base = {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        }
        schema = {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"required": ["b", "a"], "properties": {"b": {"type": "integer"}}},
            ],
            "properties": {"c": {"type": "boolean"}},
        }
        model = model_of(schema, Base=base)
        assert [(f.wire, f.required) for f in model.fields] == [
            ("a", True),
            ("b", True),
            ("c", False),
        ]
        assert model.fields[1].type == Scalar("never")

    def test_a_lone_reference_is_the_model_itself(self) -> None:
        other = {"type": "object", "properties": {"x": {"type": "string"}}}
        schema = {"allOf": [{"$ref": "#/components/schemas/Other"}], "description": "D"}
        field = field_of(schema, Other=other)
        assert field.type == ModelOf("Other")
        assert field.description == "D"

    def test_the_tightest_bounds_win(self) -> None:
        schema = {
            "allOf": [
                {"type": "integer", "minimum": 1, "maximum": 5},
                {"minimum": 2, "maximum": 9},
            ]
        }
        type_ = field_of(schema).type
        assert isinstance(type_, Scalar)
        assert dict(type_.constraints) == {"minimum": 2, "maximum": 5}

    def test_it_may_be_nested(self) -> None:
        first = {"type": "object", "properties": {"a": {"type": "string"}}}
        second = {
            "allOf": [
                {"$ref": "#/components/schemas/First"},
                {"properties": {"b": {"type": "string"}}},
            ]
        }
        schema = {
            "allOf": [
                {"$ref": "#/components/schemas/Second"},
                {"properties": {"c": {"type": "string"}}},
            ]
        }
        model = model_of(schema, First=first, Second=second)
        assert [field.wire for field in model.fields] == ["a", "b", "c"]


class TestEnumerations:
    def test_named_ones_keep_their_name(self) -> None:
        made = reader(Colour={"type": "string", "enum": ["red", "blue"]})
        reference: Data = {"$ref": "#/components/schemas/Colour"}
        type_ = made.read(reference, (), "request", "x")
        assert type_ == Enumeration(("red", "blue"), "Colour")
        assert list(made.aliases) == ["Colour"]

    def test_inline_ones_have_none(self) -> None:
        assert field_of({"enum": ["red"]}).type == Enumeration(("red",))


class TestDirections:
    SCHEMA: Data = {  # noqa: RUF012 - not changed
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "name": {"type": "string"},
            "password": {"type": "string", "writeOnly": True},
        },
    }

    def test_a_request_has_no_read_only_properties(self) -> None:
        model = model_of(self.SCHEMA, "request")
        assert [field.wire for field in model.fields] == ["name", "password"]
        assert model.name == "OwnInput"

    def test_a_response_has_no_write_only_properties(self) -> None:
        model = model_of(self.SCHEMA, "response")
        assert [field.wire for field in model.fields] == ["id", "name"]
        assert model.name == "Own"

    def test_a_model_that_holds_such_a_one_differs_too(self) -> None:
        holder: Data = {
            "type": "object",
            "properties": {"held": {"$ref": "#/components/schemas/Held"}},
        }
        made = reader(Own=holder, Held=self.SCHEMA)
        at = ("components", "schemas", "Own")
        assert made.read(holder, at, "request", "x") == ModelOf("OwnInput")
        assert made.read(holder, at, "response", "x") == ModelOf("Own")
        assert set(made.models) == {"Own", "OwnInput", "Held", "HeldInput"}

    def test_a_model_without_them_is_the_same_in_both(self) -> None:
        schema = {"type": "object", "properties": {"name": {"type": "string"}}}
        assert model_of(schema, "request") == model_of(schema, "response")


def test_a_model_may_hold_itself() -> None:
    own = {"$ref": "#/components/schemas/Own"}
    model = model_of(
        {
            "type": "object",
            "properties": {"next": own, "all": {"type": "array", "items": own}},
        }
    )
    assert [field.type for field in model.fields] == [
        ModelOf("Own"),
        ListOf(ModelOf("Own")),
    ]


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "string", "default": "x"}, "x"),
        ({"type": "integer", "default": 3}, 3),
        ({"type": "number", "default": 3}, 3),
        ({"type": "boolean", "default": False}, False),
        ({"enum": ["a"], "default": "a"}, "a"),
        ({"type": "string", "default": None, "nullable": True}, None),
        ({"type": "string"}, MISSING_DEFAULT),
        ({"type": "string", "default": None}, MISSING_DEFAULT),
        ({"type": "string", "default": 3}, MISSING_DEFAULT),
        ({"type": "integer", "default": True}, MISSING_DEFAULT),
        ({"type": "integer", "default": "3"}, MISSING_DEFAULT),
        ({"type": "boolean", "default": 1}, MISSING_DEFAULT),
        ({"enum": ["a"], "default": "b"}, MISSING_DEFAULT),
        ({"type": "string", "format": "date", "default": "x"}, MISSING_DEFAULT),
        ({"type": "string", "format": "date", "default": "2026-01-31"}, "2026-01-31"),
        ({"type": "array", "default": []}, []),
        ({"type": "array", "default": {}}, MISSING_DEFAULT),
        ({"type": "object", "default": {}}, {}),
    ],
)
def test_defaults_that_are_literals_of_their_type(schema: Data, default: Any) -> None:
    found = field_of(schema).default
    assert found is default or (found == default and type(found) is type(default))


def test_names_of_fields_are_safe_and_their_own() -> None:
    wires = ["class", "Class", "foo-bar", "foo_bar", "fooBar", "", "имя", "list"]
    model = model_of({"type": "object", "properties": {w: {} for w in wires}})
    assert [field.wire for field in model.fields] == wires
    found = [field.name for field in model.fields]
    assert len({name.lower() for name in found}) == len(wires)
    assert all(name.isidentifier() for name in found)


def test_named_schemas_keep_their_names_before_inline_ones() -> None:
    inline = {"type": "object", "properties": {"x": {"type": "string"}}}
    own = {
        "type": "object",
        "properties": {"a": inline, "b": {"$ref": "#/components/schemas/Own_a"}},
    }
    model = model_of(own, Own_a=inline)
    assert model.fields[1].type == ModelOf("OwnA")
    assert model.fields[0].type != ModelOf("OwnA")


@pytest.mark.parametrize("key", ["additionalProperties", "unevaluatedProperties"])
def test_closed_models(key: str) -> None:
    schema: Data = {"type": "object", "properties": {"a": {}}}
    assert not model_of(schema).closed
    assert model_of(schema | {key: False}).closed


def test_what_overlays_and_examples_say_of_a_field() -> None:
    field = field_of(
        {
            "type": "string",
            "description": " D\n",
            "x-unique": True,
            "x-index": True,
            "examples": ["e", "f"],
        }
    )
    assert (field.description, field.unique, field.index) == ("D", True, True)
    assert field.example == "e"
    assert field_of({"type": "string", "example": "g"}).example == "g"


def test_a_very_long_pattern_is_refused() -> None:
    with pytest.raises(ContractError, match="500"):
        type_of({"type": "string", "pattern": "a" * 501})
