"""The rules of OpenAPI: each refusal names its line and what would be right."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from groundplan.contract import Contract
from groundplan.errors import ContractError
from groundplan.reader import read

from .projects import Data, library, loaded, written

Change = Callable[[Data], object]


def check(path: Path) -> None:
    """Check a contract as it is written, before anything is mended."""
    source = read(path)
    Contract(source, None, source.data).check()


def refusal(folder: Path, change: Change, version: str = "3.1.0") -> tuple[str, str]:
    """The message for a changed contract, and the line that it names."""
    contract = library() | {"openapi": version}
    change(contract)
    path = folder / "c.yaml"
    path.write_text(yaml.safe_dump(contract, sort_keys=False), encoding="utf-8")
    with pytest.raises(ContractError) as raised:
        check(path)
    assert raised.value.hint
    place, message = raised.value.message.split(": ", 1)
    line = path.read_text("utf-8").splitlines()[int(place.removeprefix("c.yaml:")) - 1]
    return message, line.strip()


def books(contract: Data) -> Data:
    operation = contract["paths"]["/books"]["get"]
    assert isinstance(operation, dict)
    return operation


def book(contract: Data) -> Data:
    properties = contract["components"]["schemas"]["NewBook"]["properties"]
    assert isinstance(properties, dict)
    return properties


OK: Data = {"200": {"description": "It."}}
PATH_PARAMETER: Data = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
}

CASES: dict[str, tuple[Change, str, str]] = {
    "a misspelled key": (
        lambda c: books(c).update(parametres=[]),
        "'parametres' was unexpected",
        "parametres: []",
    ),
    "a key that is missing": (
        lambda c: books(c)["responses"]["200"].pop("description"),
        '"description" is a required property',
        "content:",
    ),
    "a wrong type": (
        lambda c: book(c).update(wrong={"type": "strin"}),
        '"strin" is not one of',
        "type: strin",
    ),
    "a schema that is none": (
        lambda c: book(c).update(wrong="string"),
        '"string" is not of type',
        "wrong: string",
    ),
    "a schema of a request": (
        lambda c: c["paths"]["/members"]["post"]["requestBody"]["content"].update(
            {"application/json": {"schema": {"type": "objekt"}}}
        ),
        '"objekt" is not one of',
        "type: objekt",
    ),
    "a pattern": (
        lambda c: book(c).update(wrong={"type": "string", "pattern": "("}),
        "the pattern is broken",
        "pattern: (",
    ),
    "an operationId of another": (
        lambda c: c["paths"]["/members"]["get"].update(operationId="listBooks"),
        "the operationId 'listBooks' is taken already, at c.yaml:",
        "operationId: listBooks",
    ),
    "a tag of before": (
        lambda c: c["tags"].append({"name": "books"}),
        "occurs twice",
        "- name: books",
    ),
    "a parameter of before": (
        lambda c: books(c).update(
            parameters=[
                {"name": "q", "in": "query", "schema": {"type": "string"}},
                {"name": "q", "in": "query", "schema": {"type": "integer"}},
            ]
        ),
        "the query parameter 'q' occurs twice",
        "- name: q",
    ),
    "a path parameter that nobody declares": (
        lambda c: c["paths"].update({"/x/{id}": {"get": {"responses": OK}}}),
        "the path parameter 'id' of /x/{id} is not declared",
        "responses:",
    ),
    "a path parameter that is not in the path": (
        lambda c: c["paths"].update(
            {"/x": {"get": {"responses": OK, "parameters": [PATH_PARAMETER]}}}
        ),
        "the path parameter 'id' does not occur in /x",
        "responses:",
    ),
    "a reference to nothing": (
        lambda c: book(c).update(wrong={"$ref": "#/components/schemas/No"}),
        "$ref '#/components/schemas/No' points to nothing",
        "$ref: '#/components/schemas/No'",
    ),
    "a reference to what is no parameter": (
        lambda c: books(c).update(parameters=[{"$ref": "#/info"}]),
        "is no parameter",
        "- $ref: '#/info'",
    ),
    "a default of another type": (
        lambda c: book(c).update(wrong={"type": "integer", "default": "many"}),
        'the default does not fit its schema: "many" is not of type "integer"',
        "default: many",
    ),
    "a default out of bounds": (
        lambda c: book(c).update(wrong={"type": "integer", "maximum": 5, "default": 6}),
        "6 is greater than the maximum of 5",
        "default: 6",
    ),
    "a default beside a reference": (
        lambda c: (
            c["components"]["schemas"].update(Few={"type": "integer", "maximum": 5}),
            book(c).update(
                wrong={"allOf": [{"$ref": "#/components/schemas/Few"}], "default": 6}
            ),
        ),
        "6 is greater than the maximum of 5",
        "default: 6",
    ),
    "a required property of no part": (
        lambda c: book(c).update(
            wrong={
                "allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}],
                "required": ["a", "b"],
            }
        ),
        "requires 'b', which is no property of it",
        "- b",
    ),
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named_by_its_line(
    tmp_path: Path, case: str, version: str
) -> None:
    change, words, line = CASES[case]
    message, named = refusal(tmp_path, change, version)
    assert words in message
    assert len(message) < 400
    assert named == line


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_homepage_may_be_anything(tmp_path: Path, version: str) -> None:
    contract = library() | {"openapi": version, "externalDocs": {"url": "see intranet"}}
    contract["info"]["contact"] = {"email": "nobody", "url": ":"}
    assert loaded(tmp_path, contract)


@pytest.mark.parametrize(
    "change",
    [
        {"x-own": {"$ref": "#/nowhere", "default": 3, "type": "string"}},
        {"servers": [{"url": "/{v}", "variables": {"v": {"default": "v1"}}}]},
    ],
)
def test_what_is_no_schema_is_left_alone(tmp_path: Path, change: Data) -> None:
    assert loaded(tmp_path, library() | change)


def test_null_fits_what_is_nullable(tmp_path: Path) -> None:
    contract = library() | {"openapi": "3.0.3"}
    book(contract)["note"] = {"type": "string", "nullable": True, "default": None}
    assert loaded(tmp_path, contract)


def test_properties_may_be_called_like_keywords(tmp_path: Path) -> None:
    contract = library()
    for name in ("default", "example", "enum", "$schema", "required", "properties"):
        book(contract)[name] = {"type": "integer", "default": 3}
    assert loaded(tmp_path, contract)
    book(contract)["properties"]["default"] = "x"
    with pytest.raises(ContractError, match="does not fit"):
        check(written(tmp_path, contract))
