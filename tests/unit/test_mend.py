"""Small faults that are read past: what each is taken for, and that it is named."""

from pathlib import Path

import pytest

from groundplan.errors import ContractError
from groundplan.infer import infer

from .mended_contracts import (
    OK,
    PROPERTIES,
    TEXT,
    Change,
    at,
    get,
    mended,
    parameters,
    shown,
)
from .projects import Data, loaded, small

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
