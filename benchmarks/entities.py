"""A contract of as many entities as wanted, three operations each, ten in a context."""

import json
from typing import Final, TypeAlias

Node: TypeAlias = dict[str, object]

IN_A_CONTEXT: Final = 10
OPERATIONS: Final = 3
_FIELDS: Final[Node] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "price": {"type": "number", "format": "decimal", "minimum": 0},
    "state": {"type": "string", "enum": ["new", "used", "broken"]},
    "tags": {"type": "array", "items": {"type": "string"}},
    "note": {"type": "string"},
    "count": {"type": "integer", "minimum": 0, "default": 0},
}
_KEY: Final[Node] = {"type": "string", "format": "uuid"}


def contract(entities: int) -> str:
    """The contract as JSON."""
    paths: Node = {}
    schemas: Node = {}
    for number in range(entities):
        name = f"Thing{number}"
        schemas[name] = _object({"id": _KEY} | _FIELDS, ["id", "name", "price"])
        schemas[f"New{name}"] = _object(_FIELDS, ["name", "price"])
        paths |= _paths(number, name)
    document = {
        "openapi": "3.1.0",
        "info": {"title": f"{entities} entities", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    return json.dumps(document, indent=1)


def _paths(number: int, name: str) -> Node:
    tag = f"area{number // IN_A_CONTEXT}"
    one: Node = {"$ref": f"#/components/schemas/{name}"}
    new: Node = {"$ref": f"#/components/schemas/New{name}"}
    page = [_parameter(at, "query", {"type": "integer"}) for at in ("page", "limit")]
    many: Node = {"type": "array", "items": one}
    body = {"required": True, "content": _json(new)}
    return {
        f"/things{number}": {
            "get": _operation(f"list{name}", tag, "200", many) | {"parameters": page},
            "post": _operation(f"create{name}", tag, "201", one)
            | {"requestBody": body},
        },
        f"/things{number}/{{id}}": {
            "get": _operation(f"get{name}", tag, "200", one)
            | {"parameters": [_parameter("id", "path", _KEY)]},
        },
    }


def _object(properties: Node, required: list[str]) -> Node:
    return {"type": "object", "required": required, "properties": properties}


def _parameter(name: str, place: str, schema: Node) -> Node:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _operation(name: str, tag: str, status: str, reply: Node) -> Node:
    responses = {status: {"description": "It.", "content": _json(reply)}}
    return {"operationId": name, "tags": [tag], "responses": responses}


def _json(schema: Node) -> Node:
    return {"application/json": {"schema": schema}}
