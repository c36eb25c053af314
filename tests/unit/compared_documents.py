"""Two documents of one operation, and what a project's test finds between them."""

import copy
from typing import Any

from .projects import Data
from .template_modules import template_module

CONTRACT_TEST = template_module("tests", "test_contract")

NAMED: Data = {
    "Name": {"type": "string", "minLength": 1},
    "Thing": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "next": {"$ref": "#/components/schemas/Thing"},
        },
    },
    "Pet": {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "oneOf": [
            {"$ref": "#/components/schemas/Cat"},
            {"$ref": "#/components/schemas/Dog"},
        ],
    },
    "Cat": {
        "allOf": [
            {"$ref": "#/components/schemas/Pet"},
            {"properties": {"lives": {"type": "integer"}}},
        ]
    },
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}]},
}


def document(version: str = "3.1.0", **operation: Any) -> Data:
    made = {"operationId": "op", "responses": {"200": {"description": "It."}}}
    return {
        "openapi": version,
        "paths": {"/it": {"post": made | operation}},
        "components": {
            "schemas": copy.deepcopy(NAMED),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def body(schema: Any, media: str = "application/json", required: bool = True) -> Data:
    return {
        "requestBody": {"content": {media: {"schema": schema}}, "required": required}
    }


def answer(schema: Any, status: str = "200") -> Data:
    content = {"application/json": {"schema": schema}}
    return {"responses": {status: {"description": "It.", "content": content}}}


def differences(contract: Data, service: Data) -> list[str]:
    found: list[str] = list(CONTRACT_TEST.differences(contract, service))
    return found


def of_bodies(left: Any, right: Any, version: str = "3.1.0") -> list[str]:
    return differences(document(version, **body(left)), document(**body(right)))
