"""Small faults of parts beside schemas: what they are taken for, by name."""

from pathlib import Path

import pytest

from groundplan.infer import infer

from .mended_contracts import (
    OK,
    PROPERTIES,
    TEXT,
    Change,
    at,
    get,
    in_path,
    mended,
    parameters,
)
from .projects import operation, small

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
