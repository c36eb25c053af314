"""What a collection answers whose contract says no more than what it takes.

Many contracts declare the bodies of requests and leave those of responses open. Where
nothing that a collection and its items answer is declared, the first overlay says it:
the item is what its requests take, with its key and without its secrets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import names
from .amendments import Seed, free_name, operations_of
from .domain import Domain, ListOf, MapOf, ModelOf, Operation, Scalar, Type
from .entities import names_secret, parameters_of, shape, split
from .envelopes import Envelopes
from .operations import json_media
from .reader import Json
from .schemas import Pointer

JSON = "application/json"
TEXT: dict[str, Json] = {"type": "string"}


def declare_success(made: Seed, domain: Domain) -> None:
    """Say what an operation answers of which the contract names errors only."""
    for operation, node, pointer in operations_of(made, domain):
        responses = node.get("responses")
        declared = responses if isinstance(responses, dict) else {}
        if not any(re.match(r"[123]|default", status) for status in declared):
            words = f"{operation.id} answers 204 when all is well: no success is named"
            update: Json = {"204": {"description": "All went well."}}
            made.add((*pointer, "responses"), update, words)


@dataclass(frozen=True)
class _Place:
    """An operation, and where the contract has it."""

    operation: Operation
    node: dict[str, Json]
    pointer: Pointer


Places = dict[str, _Place]


def declare_replies(made: Seed, domain: Domain) -> None:
    """Declare the items of every collection whose replies are all left open."""
    paths: dict[str, Places] = {}
    for operation, node, pointer in operations_of(made, domain):
        places = paths.setdefault(shape(operation.path), {})
        places.setdefault(operation.method, _Place(operation, node, pointer))
    schemas: dict[str, Json] = {}
    updates: list[tuple[Pointer, Json, str]] = []
    for path, items in paths.items():
        above, is_item = split(path)
        if is_item and above in paths:
            _declare(made, domain, items, paths[above], schemas, updates)
    if not schemas:
        return
    components = made.contract.effective.get("components")
    words = "the items that requests take, with their keys: the contract has no others"
    if isinstance(components, dict):
        made.add(("components",), {"schemas": schemas}, words)
    else:
        made.add((), {"components": {"schemas": schemas}}, words)
    for pointer, update, words in updates:
        assert isinstance(update, dict)
        made.add(pointer, update, words)


def _declare(
    made: Seed,
    domain: Domain,
    items: Places,
    collection: Places,
    schemas: dict[str, Json],
    updates: list[tuple[Pointer, Json, str]],
) -> None:
    speaking = [
        *(collection[m] for m in ("get", "post") if m in collection),
        *(items[m] for m in ("get", "put", "patch") if m in items),
    ]
    open_ = [place for place in speaking if place.operation.reply.status != 204]
    replies = [place.operation.reply for place in speaking]
    taking = [p for p in speaking if p.operation.body and p.operation.method != "get"]
    if any(reply.media or not _is_open(reply.type) for reply in replies):
        return
    if not taking:
        return
    if "get" not in items and "get" not in collection:
        return
    item = next(iter(items.values())).operation
    schema = _item(made, domain, taking, item)
    if schema is None:
        return
    last = [part for part in item.path.split("/") if part and "{" not in part][-1:]
    wanted = names.pascal(names.singular(names.snake("".join(last), "item")), "Item")
    components = made.contract.effective.get("components")
    known = components.get("schemas") if isinstance(components, dict) else None
    name = free_name({**(known if isinstance(known, dict) else {}), **schemas}, wanted)
    schemas[name] = schema
    reference: dict[str, Json] = {"$ref": f"#/components/schemas/{name}"}
    for place in open_:
        operation = place.operation
        listed = place is collection.get("get")
        shown: Json = {"type": "array", "items": reference} if listed else reference
        words = f"{operation.id} answers {'a list of ' if listed else ''}{name}"
        for pointer, update in _answers(place, shown):
            updates.append((pointer, update, words))


def _is_open(type_: Type | None) -> bool:
    """Whether a reply is left open: nothing is said of it, or that it is anything."""
    if isinstance(type_, ListOf):
        type_ = type_.items
    if isinstance(type_, MapOf):
        type_ = type_.values
    return type_ is None or (isinstance(type_, Scalar) and type_.kind == "any")


def _answers(place: _Place, schema: Json) -> Iterator[tuple[Pointer, Json]]:
    """Where the success of an operation is declared, and what comes there."""
    content: dict[str, Json] = {"content": {JSON: {"schema": schema}}}
    responses = place.node.get("responses")
    declared = responses if isinstance(responses, dict) else {}
    status = str(place.operation.reply.status)
    response = declared.get(status, declared.get("2XX"))
    if isinstance(response, dict) and "$ref" not in response:
        at = status if status in declared else "2XX"
        yield (*place.pointer, "responses", at), content
    else:
        yield (
            (*place.pointer, "responses"),
            {status: {"description": "The item.", **content}},
        )


def _item(
    made: Seed, domain: Domain, taking: list[_Place], item: Operation
) -> dict[str, Json] | None:
    """The schema of an item out of the bodies of the requests that write it."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    for number, place in enumerate(taking):
        schema = _body(made, domain, place)
        found = schema.get("properties") if schema else None
        if schema is None or not isinstance(found, dict) or "allOf" in schema:
            return None
        for name, value in found.items():
            if not names_secret(names.snake(name)):
                properties.setdefault(name, value)
        wanted = schema.get("required")
        if number == 0 and isinstance(wanted, list):
            required = [str(name) for name in wanted if name in properties]
    if not properties:
        return None
    wire = parameters_of(item.path)[-1]
    key = next((name for name in (wire, "id", "_id") if name in properties), "id")
    if key not in properties:
        properties = {key: {**_key(item, wire), "readOnly": True}, **properties}
    if key not in required:
        required.insert(0, key)
    return {"type": "object", "required": [*required], "properties": properties}


def _body(made: Seed, domain: Domain, place: _Place) -> dict[str, Json] | None:
    """The schema of a body that is the item itself."""
    body = place.operation.body
    if body is None or not isinstance(body.type, ModelOf):
        return None
    held = Envelopes(domain.models).item_in(body.type, reply=False)
    if held is None or held[1] is not None:
        return None
    resolve = made.contract.resolve
    at = (*place.pointer, "requestBody")
    node, at = resolve(place.node["requestBody"], at)
    content = node["content"]
    media = json_media(content)
    assert isinstance(content, dict) and media
    entry, at = resolve(content[media], (*at, "content", media))
    return resolve(entry.get("schema", {}), (*at, "schema"))[0]


def _key(item: Operation, wire: str) -> dict[str, Json]:
    """The schema of a key: that of the path parameter that names an item."""
    types = (p.type for p in item.parameters if p.place == "path" and p.wire == wire)
    kinds = {type_.kind for type_ in types if isinstance(type_, Scalar)}
    if "integer" in kinds:
        return {"type": "integer"}
    return {"type": "string", "format": "uuid"} if "uuid" in kinds else TEXT
