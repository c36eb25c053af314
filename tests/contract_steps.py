"""A contract that changes: entities whose fields a test says."""

from typing import Any, TypeAlias

Data: TypeAlias = dict[str, Any]

TEXT: Data = {"type": "string"}
INTEGER: Data = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
NUMBER: Data = {"type": "number"}
DECIMAL: Data = {"type": "string", "format": "decimal"}
BOOLEAN: Data = {"type": "boolean"}
SOME_UUID = "0b0e8f32-8b7e-4d52-9f0a-6f1f4a3c2d10"
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


# Column: its type and value before, its type and value afterwards.
CONVERSIONS: dict[str, tuple[Data, Any, Data, Any]] = {
    "text_to_integer": (TEXT, "-42", INTEGER, -42),
    "text_to_number": (TEXT, "1.5", NUMBER, 1.5),
    "text_to_decimal": (TEXT, "-12.34", DECIMAL, "-12.3400"),
    "text_to_small_decimal": (TEXT, "-0.5", DECIMAL, "-0.5000"),
    "text_to_boolean": (TEXT, "true", BOOLEAN, True),
    "text_to_uuid": (TEXT, SOME_UUID.upper(), UUID, SOME_UUID),
    "text_to_date": (TEXT, "2024-02-29", DATE, "2024-02-29"),
    "text_to_moment": (
        TEXT,
        "2024-02-29T01:02:03.5+02:00",
        MOMENT,
        "2024-02-28T23:02:03.500000Z",
    ),
    "text_to_any": (TEXT, 'a "b"', ANY, 'a "b"'),
    "text_to_short": (TEXT, "abc", short(3), "abc"),
    "short_to_text": (short(3), "abc", TEXT, "abc"),
    "integer_to_number": (INTEGER, 7, NUMBER, 7.0),
    "integer_to_decimal": (INTEGER, -7, DECIMAL, "-7.0000"),
    "integer_to_boolean": (INTEGER, 1, BOOLEAN, True),
    "integer_to_text": (INTEGER, -7, TEXT, "-7"),
    "integer_to_short": (INTEGER, 12345, short(5), "12345"),
    "integer_to_any": (INTEGER, 7, ANY, 7),
    "number_to_integer": (NUMBER, 3.0, INTEGER, 3),
    "number_to_decimal": (NUMBER, 1.25, DECIMAL, "1.2500"),
    "number_to_text": (NUMBER, 1.5, TEXT, "1.5"),
    "number_to_any": (NUMBER, 1.5, ANY, 1.5),
    "decimal_to_integer": (DECIMAL, "-7.5", INTEGER, -7),
    "decimal_to_number": (DECIMAL, "7.5", NUMBER, 7.5),
    "decimal_to_text": (DECIMAL, "-0.5", TEXT, "-0.5000"),
    "decimal_to_any": (DECIMAL, "7.5", ANY, "7.5000"),
    "boolean_to_integer": (BOOLEAN, True, INTEGER, 1),
    "boolean_to_text": (BOOLEAN, False, TEXT, "false"),
    "boolean_to_any": (BOOLEAN, True, ANY, True),
    "uuid_to_text": (UUID, SOME_UUID, TEXT, SOME_UUID),
    "uuid_to_any": (UUID, SOME_UUID, ANY, SOME_UUID),
    "date_to_moment": (DATE, "2024-02-29", MOMENT, "2024-02-29T00:00:00Z"),
    "date_to_text": (DATE, "2024-02-29", TEXT, "2024-02-29"),
    "date_to_any": (DATE, "2024-02-29", ANY, "2024-02-29"),
    "moment_to_date": (MOMENT, "2024-02-29T23:30:00-02:00", DATE, "2024-03-01"),
    "moment_to_text": (
        MOMENT,
        "2024-02-29T23:30:00.5Z",
        TEXT,
        "2024-02-29T23:30:00.500000Z",
    ),
    "moment_to_any": (
        MOMENT,
        "2024-02-29T23:30:00Z",
        ANY,
        "2024-02-29T23:30:00.000000Z",
    ),
    "list_to_any": (NUMBERS, [1, 2], ANY, [1, 2]),
    "object_to_any": (OBJECT, {"a": 1}, ANY, {"a": 1}),
    "any_to_list": (ANY, [1, 2], NUMBERS, [1, 2]),
    "any_to_object": (ANY, {"a": 1}, OBJECT, {"a": 1}),
    "integer_to_list": (INTEGER, 7, NUMBERS, [5]),
    "list_to_object": (NUMBERS, [7], OBJECT, {"b": 2}),
}
STARTING_OVER = {"integer_to_list": "[5]", "list_to_object": '{"b": 2}'}


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
    """A contract with these entities, and two contexts that have no other."""
    made: Data = {
        "openapi": "3.1.0",
        "info": {"title": "Changing", "version": "1"},
        "paths": {
            "/headline": {"get": _operation("headline", "news", TEXT)},
            "/greeting": {"get": _operation("greeting", "people", TEXT)},
        },
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
