"""Small faults that are read past: what each is taken for, and that it is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundplan.contract import Contract
from groundplan.errors import ContractError
from groundplan.infer import infer

from .projects import Data, loaded, operation, small

PROPERTIES = ("paths", "/it", "get", "responses", "200", "content", "application/json")
OK: Data = {"200": {"description": "It."}}


def at(contract: Data, *pointer: str) -> Any:
    for step in pointer:
        contract = contract[step]
    return contract


def shown(contract: Contract) -> Data:
    """The properties of the only answer."""
    found = at(contract.effective, *PROPERTIES, "schema", "properties")
    assert isinstance(found, dict)
    return found


def mended(folder: Path, contract: Data) -> tuple[Contract, list[str]]:
    """The contract as it is read, and what is said about it."""
    read = loaded(folder, contract)
    infer(read)
    return read, [remark.message for remark in read.remarks]


SCHEMAS: dict[str, tuple[str, Data, Data, str]] = {
    "another word": ("3.1.0", {"type": "int"}, {"type": "integer"}, "read as integer"),
    "another case": ("3.0.3", {"type": "String"}, {"type": "string"}, "read as string"),
    "a format": (
        "3.0.3",
        {"type": "datetime"},
        {"type": "string", "format": "date-time"},
        "date-time",
    ),
    "anything": ("3.0.3", {"type": "any"}, {}, "any value"),
    "null in 3.0": ("3.0.3", {"type": "null"}, {"nullable": True}, "nullable"),
    "types in 3.0": (
        "3.0.3",
        {"type": ["string", "null"]},
        {"type": "string", "nullable": True},
        "list of types",
    ),
    "many types in 3.0": (
        "3.0.3",
        {"type": ["string", "integer"]},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "list of types",
    ),
    "null as a choice in 3.0": (
        "3.0.3",
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"anyOf": [{"type": "string"}], "nullable": True},
        "nullable",
    ),
    "undefined as a choice": (
        "3.1.0",
        {"anyOf": [{"not": {}}, {"type": "string"}]},
        {"anyOf": [{"type": "string"}]},
        "nothing satisfies",
    ),
    "const in 3.0": ("3.0.3", {"const": "a"}, {"enum": ["a"]}, "enum"),
    "examples in 3.0": (
        "3.0.3",
        {"type": "string", "examples": ["a", "b"]},
        {"type": "string", "example": "a"},
        "examples",
    ),
    "a bound in 3.0": (
        "3.0.3",
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        "OpenAPI 3.1",
    ),
    "a bound in 3.1": (
        "3.1.0",
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        {"type": "integer", "exclusiveMinimum": 0},
        "OpenAPI 3.0",
    ),
    "nullable in 3.1": (
        "3.1.0",
        {"type": "string", "nullable": True},
        {"type": ["string", "null"]},
        "OpenAPI 3.0",
    ),
    "a nullable enum in 3.1": (
        "3.1.0",
        {"type": "string", "enum": ["a"], "nullable": True},
        {"type": ["string", "null"], "enum": ["a", None]},
        "OpenAPI 3.0",
    ),
    "a nullable enum in 3.0": (
        "3.0.3",
        {"type": "string", "enum": ["a"], "nullable": True},
        {"type": "string", "enum": ["a", None], "nullable": True},
        "one of the values",
    ),
    "a nullable reference in 3.1": (
        "3.1.0",
        {"$ref": "#/components/schemas/A", "nullable": True},
        {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]},
        "OpenAPI 3.0",
    ),
    "a list of anything": (
        "3.0.3",
        {"type": "array"},
        {"type": "array", "items": {}},
        "any type",
    ),
    "a number as text": (
        "3.1.0",
        {"type": "string", "maxLength": "5"},
        {"type": "string", "maxLength": 5},
        "read as a number",
    ),
    "a default that does not fit": (
        "3.1.0",
        {"type": "integer", "minimum": 1, "default": 0},
        {"type": "integer", "minimum": 1},
        "does not fit",
    ),
    "no values": ("3.0.3", {"type": "string", "enum": []}, {"type": "string"}, "empty"),
    "an empty list of names": (
        "3.0.3",
        {"type": "object", "required": []},
        {"type": "object"},
        "empty list",
    ),
    "a name of no property": (
        "3.1.0",
        {"type": "object", "properties": {"a": {}}, "required": ["a", "b"]},
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
        "no property",
    ),
    "a keyword of another tool": (
        "3.0.3",
        {"type": "string", "$comment": "x", "searchable": True},
        {"type": "string"},
        "means nothing",
    ),
}


@pytest.mark.parametrize("case", SCHEMAS)
def test_a_schema_is_read_as_it_is_meant(tmp_path: Path, case: str) -> None:
    version, written, meant, words = SCHEMAS[case]
    contract = small(wrong=written) | {"openapi": version}
    contract["components"]["schemas"]["A"] = {"type": "string"}
    read, remarks = mended(tmp_path, contract)
    assert shown(read)["wrong"] == meant
    assert any(words in remark for remark in remarks), remarks


def test_a_required_flag_of_a_property_is_the_objects(tmp_path: Path) -> None:
    contract = small(
        a={"type": "string", "required": True}, b={"type": "string", "required": False}
    )
    read, remarks = mended(tmp_path, contract)
    assert at(read.effective, *PROPERTIES, "schema")["required"] == ["a"]
    assert shown(read) == {"a": {"type": "string"}, "b": {"type": "string"}}
    assert len(remarks) == 2


def test_what_a_part_adds_to_another_may_be_required(tmp_path: Path) -> None:
    part = {"type": "object", "properties": {"b": {}}, "required": ["a", "b"]}
    contract = small(whole={"allOf": [{"$ref": "#/components/schemas/A"}, part]})
    base = {"type": "object", "properties": {"a": {}}, "required": ["a", "b"]}
    contract["components"]["schemas"]["A"] = base
    read, remarks = mended(tmp_path, contract)
    assert remarks == []
    assert at(read.effective, "components", "schemas", "A")["required"] == ["a", "b"]


Change = Callable[[Data], object]


def get(contract: Data) -> Data:
    found = contract["paths"]["/it"]["get"]
    assert isinstance(found, dict)
    return found


def parameters(*given: Data) -> Change:
    return lambda contract: get(contract).update(parameters=list(given))


def in_path(name: str) -> Data:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


TEXT: Data = {"type": "string"}
WHOLE: dict[str, tuple[Change, tuple[str, ...], object, str]] = {
    "no version": (
        lambda c: c["info"].pop("version"),
        ("info", "version"),
        "0",
        "no version",
    ),
    "a version that is a number": (
        lambda c: c["info"].update(version=0.1),
        ("info", "version"),
        "0.1",
        "read as text",
    ),
    "a licence without a name": (
        lambda c: c["info"].update(license={"url": "x"}),
        ("info",),
        {"title": "Small", "version": "1"},
        "has no name",
    ),
    "a tag twice": (
        lambda c: c.update(tags=[{"name": "a"}, {"name": "a"}, "b"]),
        ("tags",),
        [{"name": "a"}, {"name": "b"}],
        "occurs twice",
    ),
    "a scheme in capitals": (
        lambda c: c["components"].update(
            securitySchemes={"a": {"type": "HTTP", "scheme": "bearer", "in": "header"}}
        ),
        ("components", "securitySchemes", "a"),
        {"type": "http", "scheme": "bearer"},
        "read as http",
    ),
    "a path without a slash": (
        lambda c: c["paths"].update(other={"get": {"responses": OK}}),
        ("paths", "/other", "get", "responses"),
        OK,
        "read as `/other`",
    ),
    "a path with a query": (
        lambda c: c["paths"].update(
            {"/b?q={q}": {"get": {"responses": OK, "parameters": [in_path("q")]}}}
        ),
        ("paths", "/b", "get", "parameters"),
        [{"name": "q", "in": "query", "required": True, "schema": TEXT}],
        "read as `/b`",
    ),
    "a path with a fragment": (
        lambda c: c["paths"].update({"/it#again": {"get": {"responses": OK}}}),
        ("paths", "/it", "get", "operationId"),
        "getIt",
        "never sent",
    ),
    "a method in capitals": (
        lambda c: c["paths"]["/it"].update(POST={"responses": OK}),
        ("paths", "/it", "post", "responses"),
        OK,
        "read as `post`",
    ),
    "a method of no standard": (
        lambda c: c["paths"]["/it"].update(search={"responses": OK}),
        ("paths", "/it", "get", "operationId"),
        "getIt",
        "means nothing in a path",
    ),
    "an operationId of another": (
        lambda c: c["paths"].update(
            {"/b": {"get": {"operationId": "getIt", "responses": OK}}}
        ),
        ("paths", "/b", "get"),
        {"responses": OK},
        "is another operation's",
    ),
    "no responses": (
        lambda c: get(c).pop("responses"),
        ("paths", "/it", "get", "responses"),
        {"default": {"description": "Undocumented."}},
        "may answer anything",
    ),
    "no description": (
        lambda c: get(c).update(responses={"200": {}}),
        ("paths", "/it", "get", "responses", "200"),
        {"description": ""},
        "without a description",
    ),
    "no status": (
        lambda c: get(c).update(responses=OK | {"NOT_FOUND": {"description": "x"}}),
        ("paths", "/it", "get", "responses"),
        OK,
        "is no status",
    ),
    "content where there is none": (
        lambda c: (
            c["components"].update(
                responses={"Gone": {"description": "x", "content": {}}}
            ),
            get(c).update(responses={"204": {"$ref": "#/components/responses/Gone"}}),
        ),
        ("paths", "/it", "get", "responses", "204"),
        {"description": "x"},
        "a response 204 has no content",
    ),
    "a schema as Swagger has it": (
        lambda c: get(c).update(responses={"200": {"description": "", "schema": TEXT}}),
        ("paths", "/it", "get", "responses", "200"),
        {"description": "", "content": {"application/json": {"schema": TEXT}}},
        "is read as that of application/json",
    ),
    "a parameter as Swagger has it": (
        parameters({"name": "q", "in": "query", "type": "string", "default": "a"}),
        ("paths", "/it", "get", "parameters"),
        [{"name": "q", "in": "query", "schema": {"type": "string", "default": "a"}}],
        "said by its `schema`",
    ),
    "a parameter without a schema": (
        parameters({"name": "q", "in": "query"}),
        ("paths", "/it", "get", "parameters"),
        [{"name": "q", "in": "query", "schema": TEXT}],
        "is text",
    ),
    "a body as a parameter": (
        parameters({"name": "b", "in": "body", "schema": {"type": "object"}}),
        ("paths", "/it", "get", "requestBody"),
        {"content": {"application/json": {"schema": {"type": "object"}}}},
        "read as `requestBody`",
    ),
    "credentials as a parameter": (
        parameters({"name": "Authorization", "in": "header", "schema": TEXT}),
        ("paths", "/it", "get", "parameters"),
        [],
        "OpenAPI ignores it",
    ),
    "a path parameter that is not required": (
        lambda c: c["paths"].update(
            {
                "/b/{id}": {
                    "parameters": [{"name": "id", "in": "path", "schema": TEXT}],
                    "get": {"responses": OK},
                }
            }
        ),
        ("paths", "/b/{id}", "parameters"),
        [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
        "always required",
    ),
    "a path parameter that is not declared": (
        lambda c: c["paths"].update({"/b/{id}": {"get": {"responses": OK}}}),
        ("paths", "/b/{id}", "get", "parameters"),
        [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
        "is not declared",
    ),
    "a path parameter of no path": (
        parameters({"name": "id", "in": "path", "required": True, "schema": TEXT}),
        ("paths", "/it", "get", "parameters"),
        [],
        "is not in /it",
    ),
    "a list of examples": (
        lambda c: at(c, *PROPERTIES).update(examples=[{"a": 1}]),
        ("paths", "/it", "get", "responses", "200", "content", "application/json"),
        {
            "schema": {"type": "object", "properties": {}},
            "example": {"a": 1},
        },
        "its first is taken",
    ),
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("case", WHOLE)
def test_a_part_is_read_as_it_is_meant(tmp_path: Path, case: str, version: str) -> None:
    change, pointer, meant, words = WHOLE[case]
    contract = small() | {"openapi": version}
    change(contract)
    read, remarks = mended(tmp_path, contract)
    assert at(read.effective, *pointer) == meant
    assert any(words in remark for remark in remarks), remarks


def test_a_parameter_is_as_another_operation_declares_it(tmp_path: Path) -> None:
    number = {"name": "id", "in": "path", "required": True}
    number["schema"] = {"type": "integer"}
    contract = small()
    contract["paths"]["/b/{id}"] = {
        "get": {"operationId": "getB", "responses": OK, "parameters": [number]},
        "delete": {"operationId": "deleteB", "responses": OK},
    }
    read, _ = mended(tmp_path, contract)
    (parameter,) = operation(infer(read), "deleteB").parameters
    assert getattr(parameter.type, "kind", "") == "integer"


def test_remarks_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "openapi: 3.0.3\n"
        "info:\n"
        "  title: x\n"
        "  version: 1\n"
        "paths:\n"
        "  /a:\n"
        "    get:\n"
        "      responses:\n"
        "        '200':\n"
        "          description: It.\n"
        "          content:\n"
        "            application/json:\n"
        "              schema:\n"
        "                type: int\n"
    )
    from groundplan.contract import load

    places = {r.message: r.place for r in load(path).remarks}
    assert places == {
        "`version: 1` is read as text": "c.yaml:4",
        "`type: int` is read as integer": "c.yaml:14",
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda c: get(c).update(parametres=[]),
        lambda c: get(c).update(response=OK),
        lambda c: c["info"].update(licence={"name": "MIT"}),
        parameters(
            {"name": "q", "in": "query", "schema": TEXT},
            {"name": "q", "in": "query", "schema": {"type": "integer"}},
        ),
        lambda c: get(c).update(responses=[OK]),
        lambda c: c["paths"].update({"/it?a=b": {"get": {"responses": OK}}}),
        lambda c: c.update(paths=[]),
        lambda c: c.update(info="x", paths={"/a": "b"}),
        lambda c: at(c, *PROPERTIES).update(schema={"type": "objectid"}),
        lambda c: at(c, *PROPERTIES).update(schema="string"),
        lambda c: at(c, *PROPERTIES).update(schema={"properties": ["a"]}),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_what_may_be_meant_in_two_ways_is_refused(
    tmp_path: Path, change: Change, version: str
) -> None:
    contract = small() | {"openapi": version}
    change(contract)
    with pytest.raises(ContractError) as raised:
        infer(loaded(tmp_path, contract))
    assert raised.value.hint
