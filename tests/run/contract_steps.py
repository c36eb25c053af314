"""A contract that changes: entities whose fields a test says."""

from typing import Any, TypeAlias

Data: TypeAlias = dict[str, Any]

TEXT: Data = {"type": "string"}
INTEGER: Data = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
NUMBER: Data = {"type": "number"}
DECIMAL: Data = {"type": "string", "format": "decimal"}
BOOLEAN: Data = {"type": "boolean"}
UUID: Data = {"type": "string", "format": "uuid"}
DATE: Data = {"type": "string", "format": "date"}
MOMENT: Data = {"type": "string", "format": "date-time"}
ANY: Data = {}
NUMBERS: Data = {"type": "array", "items": INTEGER}
OBJECT: Data = {"type": "object", "additionalProperties": INTEGER}


def short(length: int) -> Data:
    return {"type": "string", "maxLength": length}


def one_of(*values: str) -> Data:
    return {"type": "string", "enum": list(values)}


def entity(
    name: str,
    fields: Data,
    optional: tuple[str, ...] = (),
    *,
    key: str = "id",
    key_type: Data | None = None,
    tag: str = "people",
) -> Data:
    """Collection and item paths of `name`, and the schema of an item.

    Without a `key_type` the service makes keys up: UUIDs.
    """
    ref = {"$ref": f"#/components/schemas/{name}"}
    key_schema = key_type or UUID | {"readOnly": True}
    required = [key, *(field for field in fields if field not in optional)]
    schema = {
        "type": "object",
        "required": required,
        "properties": {key: key_schema} | fields,
        "additionalProperties": False,
    }
    path = {"name": key, "in": "path", "required": True, "schema": key_type or UUID}
    return {
        "paths": {
            f"/{name}": {
                "get": _operation(f"list_{name}", tag, {"type": "array", "items": ref}),
                "post": _operation(f"create_{name}", tag, ref, "201")
                | {"requestBody": {"required": True, "content": _json(ref)}},
            },
            f"/{name}/{{{key}}}": {
                "parameters": [path],
                "get": _operation(f"get_{name}", tag, ref),
            },
        },
        "schema": {name: schema},
    }


def contract(*entities: Data) -> Data:
    """A contract with these entities, and a context `news` without any."""
    made: Data = {
        "openapi": "3.1.0",
        "info": {"title": "Changing", "version": "1"},
        "paths": {"/headline": {"get": _operation("headline", "news", TEXT)}},
        "components": {"schemas": {}},
    }
    for item in entities:
        made["paths"] |= item["paths"]
        made["components"]["schemas"] |= item["schema"]
    return made


def _operation(identifier: str, tag: str, reply: Data, status: str = "200") -> Data:
    answer = {"description": "It.", "content": _json(reply)}
    return {"operationId": identifier, "tags": [tag], "responses": {status: answer}}


def _json(schema: Data) -> Data:
    return {"application/json": {"schema": schema}}
