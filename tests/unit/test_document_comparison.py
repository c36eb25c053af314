"""What the test of a project's own document takes for equal, and what for different."""

import copy
from typing import Any

import pytest

from .compared_documents import (
    CONTRACT_TEST,
    answer,
    body,
    differences,
    document,
    of_bodies,
)
from .projects import Data

OBJECT: Data = {"type": "object", "properties": {"a": {"type": "integer"}}}
SAME: dict[str, tuple[str, Any, Any]] = {
    "words": (
        "3.1.0",
        {"type": "string", "description": "x", "x-y": 1},
        {"type": "string"},
    ),
    "nullable": (
        "3.0.3",
        {"type": "string", "nullable": True},
        {"type": ["string", "null"]},
    ),
    "nullable reference": (
        "3.0.3",
        {"allOf": [{"$ref": "#/components/schemas/Name"}], "nullable": True},
        {"anyOf": [{"$ref": "#/components/schemas/Name"}, {"type": "null"}]},
    ),
    "nullable enumeration": (
        "3.0.3",
        {"type": "string", "enum": ["a", "b"], "nullable": True},
        {"anyOf": [{"enum": ["b", "a"], "type": "string"}, {"type": "null"}]},
    ),
    "constant": ("3.1.0", {"const": "a"}, {"type": "string", "enum": ["a"]}),
    "types": (
        "3.1.0",
        {"type": ["integer", "string"]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    ),
    "exclusive bound": (
        "3.0.3",
        {"type": "number", "minimum": 1, "exclusiveMinimum": True},
        {"type": "number", "exclusiveMinimum": 1.0},
    ),
    "bounds of an integer": (
        "3.1.0",
        {"type": "integer", "minimum": 1.5, "maximum": 7.5},
        {"type": "integer", "minimum": 2, "maximum": 7.0},
    ),
    "all of": (
        "3.1.0",
        {"allOf": [{"type": "integer", "minimum": 1}, {"minimum": 3}, {"maximum": 9}]},
        {"type": "integer", "minimum": 3, "maximum": 9},
    ),
    "properties of all": (
        "3.1.0",
        {"allOf": [OBJECT, {"required": ["a"], "properties": {"a": {"minimum": 1}}}]},
        {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "integer", "minimum": 1}},
        },
    ),
    "beside alternatives": (
        "3.1.0",
        {
            **OBJECT,
            "oneOf": [{"required": ["a"]}, {"properties": {"b": {"type": "string"}}}],
        },
        {
            "oneOf": [
                {**OBJECT, "required": ["a"]},
                {
                    "type": "object",
                    "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
                },
            ]
        },
    ),
    "apart by type": (
        "3.1.0",
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": [{"type": "integer"}, {"type": "string"}]},
    ),
    "nothing said": (
        "3.1.0",
        {**OBJECT, "required": [], "additionalProperties": True, "minProperties": 0},
        OBJECT,
    ),
    "hidden": (
        "3.1.0",
        {
            "type": "object",
            "required": ["id"],
            "properties": {
                **OBJECT["properties"],
                "id": {"type": "integer", "readOnly": True},
            },
        },
        OBJECT,
    ),
    "recursive": (
        "3.1.0",
        {"$ref": "#/components/schemas/Thing"},
        {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "next": {"$ref": "#/components/schemas/Thing"},
            },
        },
    ),
    "a parent that lists its children": (
        "3.1.0",
        {"$ref": "#/components/schemas/Cat"},
        {
            "type": "object",
            "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
        },
    ),
    "keys of a pattern": (
        "3.1.0",
        {
            "type": "object",
            "propertyNames": {"pattern": "^a"},
            "additionalProperties": {"type": "integer"},
        },
        {
            "type": "object",
            "patternProperties": {"^a": {"type": "integer"}},
            "additionalProperties": False,
        },
    ),
    "a tuple": (
        "3.1.0",
        {
            "type": "array",
            "prefixItems": [{"type": "integer"}],
            "items": False,
            "minItems": 1,
        },
        {
            "type": "array",
            "prefixItems": [{"type": "integer"}],
            "minItems": 1,
            "maxItems": 1,
        },
    ),
    "nothing": (
        "3.1.0",
        {"properties": {"a": False}},
        {"properties": {"a": {"not": {}}}},
    ),
    "not checked": (
        "3.1.0",
        {"type": "integer", "not": {"const": 3}},
        {"type": "integer"},
    ),
    "closed": (
        "3.1.0",
        {"allOf": [OBJECT], "unevaluatedProperties": False},
        {**OBJECT, "additionalProperties": False},
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same(name: str) -> None:
    version, left, right = SAME[name]
    assert of_bodies(left, right, version) == []


DIFFERENT: dict[str, tuple[Any, Any, str]] = {
    "type": (
        {"type": "string"},
        {"type": "integer"},
        "body: JSON/type: the contract has string, the service integer",
    ),
    "null": ({"type": ["string", "null"]}, {"type": "string"}, "body: JSON"),
    "bound": (
        {"type": "string", "maxLength": 3},
        {"type": "string"},
        "/maxLength: the contract has 3.0, the service nothing",
    ),
    "pattern": (
        {"type": "string", "pattern": "a"},
        {"type": "string", "pattern": "b"},
        "/pattern",
    ),
    "format": ({"type": "string", "format": "uri"}, {"type": "string"}, "/format"),
    "enumeration": ({"enum": ["a", "b"]}, {"enum": ["a"]}, "/enum"),
    "required": ({**OBJECT, "required": ["a"]}, OBJECT, "/required"),
    "property": (OBJECT, {"type": "object"}, "/properties/a"),
    "deep": (
        {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        {
            "type": "array",
            "items": {"type": "object", "additionalProperties": {"type": "number"}},
        },
        "JSON/items/additionalProperties/type: the contract has integer, the service ",
    ),
    "closed": (
        {**OBJECT, "additionalProperties": False},
        OBJECT,
        "/additionalProperties",
    ),
    "unique": (
        {"type": "array", "uniqueItems": True},
        {"type": "array"},
        "/uniqueItems",
    ),
    "alternative": (
        {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "boolean",
    ),
    "exclusive": (
        {"oneOf": [OBJECT, {"type": "object"}]},
        {"anyOf": [OBJECT, {"type": "object"}]},
        "exclusive",
    ),
    "default": (
        {"type": "object", "properties": {"a": {"type": "integer", "default": 1}}},
        OBJECT,
        "/properties/a/default: the contract has 1, the service nothing",
    ),
    "recursive": (
        {"$ref": "#/components/schemas/Thing"},
        {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "next": {"$ref": "#/components/schemas/Thing"},
            },
        },
        "/properties/name/minLength",
    ),
    "multiple": (
        {"type": "number", "multipleOf": 0.5},
        {"type": "number"},
        "/multipleOf",
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_is_different(name: str) -> None:
    left, right, words = DIFFERENT[name]
    found = of_bodies(left, right)
    assert len(found) == 1
    assert found[0].startswith("POST /it: body")
    assert words in found[0]
    assert of_bodies(right, left) != []


def parameter(**said: Any) -> Data:
    return {
        "parameters": [
            {"name": "a", "in": "query", "schema": {"type": "string"}} | said
        ]
    }


OPERATIONS: dict[str, tuple[Data, Data, str]] = {
    "an identifier": ({"operationId": "a"}, {"operationId": "b"}, "operationId"),
    "an old one": ({"deprecated": True}, {}, "deprecated"),
    "credentials": ({"security": [{"token": []}]}, {}, "security"),
    "scopes": (
        {"security": [{"token": ["a"]}]},
        {"security": [{"token": []}]},
        "security",
    ),
    "a parameter": (parameter(), {}, "query parameter a"),
    "a place": (parameter(), parameter(**{"in": "cookie"}), "parameter a"),
    "a type": (
        parameter(),
        parameter(schema={"type": "integer"}),
        "query parameter a: schema/type",
    ),
    "what is required": (
        parameter(required=True),
        parameter(),
        "query parameter a: the contract has",
    ),
    "a style": (
        parameter(explode=False),
        parameter(),
        "query parameter a: the contract has",
    ),
    "a default": (
        parameter(schema={"type": "string", "default": "x"}),
        parameter(),
        "default",
    ),
    "a body": (body(OBJECT), {}, "body"),
    "an optional body": (
        body(OBJECT),
        body(OBJECT, required=False),
        "body: the contract has required",
    ),
    "an answer": (
        answer({"type": "string"}),
        answer({"type": "integer"}),
        "response 200: JSON/type",
    ),
    "a status": (answer(OBJECT), answer(OBJECT, "201"), "response 200"),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_operations_differ_in(name: str) -> None:
    left, right, words = OPERATIONS[name]
    contract, service = document(**left), document(**right)
    found = differences(contract, service)
    assert any(words in line for line in found), found
    assert all(line.startswith("POST /it: ") for line in found)
    assert differences(contract, contract) == differences(service, service) == []


def test_an_operation_that_only_one_of_them_has() -> None:
    contract, service = document(), document()
    contract["paths"]["/other"] = {"get": {"operationId": "x", "responses": {}}}
    assert differences(contract, service)
    assert differences(service, contract)
    contract["paths"]["/other"]["get"]["tags"] = ["platform"]
    assert differences(contract, service) == []


def test_an_operation_of_the_team_s_own() -> None:
    """It is left out where the contract does not have it."""
    contract, service = document(), document()
    path = {"parameters": [], "get": {"operationId": "x", "responses": {}}}
    service["paths"]["/others/{name}"] = path
    differences_ = CONTRACT_TEST.differences
    assert list(differences_(contract, service, {"GET /other"}))
    own = {"GET /others/{other}", "POST /it"}
    assert list(differences_(contract, service, own)) == []
    del contract["paths"]["/it"]["post"]["operationId"]
    contract["paths"]["/it"]["post"]["deprecated"] = True
    assert list(differences_(contract, service, own))


def test_an_operation_without_an_identifier() -> None:
    nameless = document()
    del nameless["paths"]["/it"]["post"]["operationId"]
    assert differences(nameless, document()) == []


def test_statuses_that_the_contract_speaks_of_together() -> None:
    every = document(responses={"default": {"description": "Any."}})
    one = document(responses={"200": {"description": "One."}})
    range_ = document(responses={"2XX": {"description": "All is well."}})
    assert differences(every, one) == []
    assert differences(range_, one) == []
    assert differences(one, every) != []


@pytest.mark.parametrize(
    "said",
    [
        {"style": "deepObject", "schema": {"type": "object"}},
        {"content": {"application/json": {}}, "schema": None},
        {"in": "header", "name": "Accept"},
    ],
)
def test_parameters_that_no_service_reads(said: Data) -> None:
    made = parameter(**said)
    if said.get("schema", "") is None:
        del made["parameters"][0]["schema"]
    assert differences(document(**made), document()) == []


def test_a_parameter_of_an_operation_replaces_that_of_its_path() -> None:
    contract, service = document(**parameter()), document(**parameter())
    (shared,) = parameter(schema={"type": "integer"})["parameters"]
    contract["paths"]["/it"]["parameters"] = [shared]
    assert differences(contract, service) == []


def test_what_is_shared_is_told_once() -> None:
    reference = {"$ref": "#/components/schemas/Thing"}
    contract = document(**body({"type": "array", "items": reference}))
    contract["paths"]["/other"] = copy.deepcopy(contract["paths"]["/it"])
    service = copy.deepcopy(contract)
    del service["components"]["schemas"]["Name"]["minLength"]
    assert len(differences(contract, service)) == 1
