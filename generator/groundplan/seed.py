"""The first overlay of an imported contract: what OpenAPI files usually leave out.

It is written once, at import; from then on it is the team's file. Every action has
its reason in words, and `groundplan check` lists them.
"""

from collections.abc import Iterator, Sequence

from . import names
from .amendments import (
    Seed,
    free_name,
    name_of,
    operations_of,
    schemas_of_parameters,
)
from .contract import Contract
from .domain import Domain, Storage
from .lists import list_slot
from .operations import json_media
from .reader import Json
from .schemas import Pointer
from .seed_errors import declare_errors
from .seed_lists import bound_lists
from .seed_media import leave_media
from .seed_schemas import name_types, tell_variants_apart
from .walk import parse_pointer

MAX_PAGE = 100_000
MAX_LIMIT = 100
INT64 = 2**63 - 1
_PAGING = {"page": MAX_PAGE, "limit": MAX_LIMIT}


def seed(
    contract: Contract,
    domain: Domain,
    error_format: str = "problem",
    before: Sequence[Json] = (),
) -> dict[str, Json]:
    """An overlay document for a contract that has none yet.

    The contract is read with the actions `before` already applied.
    """
    made = Seed(contract)
    made.actions.extend(before)
    _accept_tokens(made, domain)
    name_types(made)
    tell_variants_apart(made)
    _require_bodies(made, domain)
    leave_media(made, domain)
    _close_bodies(made, domain)
    _bound_numbers(made, domain)
    bound_lists(made, domain)
    declare_errors(made, domain, error_format)
    info = contract.effective.get("info")
    title = str(info.get("title", "")) if isinstance(info, dict) else ""
    return overlay_of(made.actions, title)


def overlay_of(actions: list[Json], title: str = "") -> dict[str, Json]:
    """Actions as an overlay document."""
    return {
        "overlay": "1.0.0",
        "info": {
            "title": f"What {title or 'the contract'} leaves open",
            "version": "1.0.0",
        },
        "actions": actions,
    }


def _accept_tokens(made: Seed, domain: Domain) -> None:
    """The service's own tokens open every operation that asks for credentials."""
    if not domain.secured:
        return
    components = made.contract.effective.get("components")
    existing = components if isinstance(components, dict) else {}
    defined = existing.get("securitySchemes")
    schemes = defined if isinstance(defined, dict) else {}
    bearers = {
        name
        for name, scheme in schemes.items()
        if _is_bearer(
            made.contract.resolve(scheme, ("components", "securitySchemes", name))[0]
        )
    }
    added = free_name(schemes, "bearerAuth")
    wanted: list[tuple[Pointer, str]] = []
    if _lacks(made.contract.effective.get("security"), bearers):
        wanted.append((("security",), "Every secured operation"))
    for operation, node, pointer in operations_of(made, domain):
        if _lacks(node.get("security"), bearers):
            wanted.append(((*pointer, "security"), operation.id))
    if not wanted:
        return
    scheme: Json = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    words = "access tokens are credentials"
    if components is None:
        made.add((), {"components": {"securitySchemes": {added: scheme}}}, words)
    elif defined is None:
        made.add(("components",), {"securitySchemes": {added: scheme}}, words)
    else:
        made.add(("components", "securitySchemes"), {added: scheme}, words)
    for pointer, who in wanted:
        made.add(pointer, {added: []}, f"{who} also takes a token")


def _is_bearer(scheme: dict[str, Json]) -> bool:
    """Whether a scheme's credentials come as `Authorization: Bearer`."""
    if scheme.get("type") == "http":
        return str(scheme.get("scheme")).lower() == "bearer"
    return scheme.get("type") in ("oauth2", "openIdConnect")


def _lacks(security: Json, bearers: set[str]) -> bool:
    """Whether credentials are wanted and none of the alternatives is a token."""
    if not isinstance(security, list) or not security or {} in security:
        return False
    alternatives = [set(entry) for entry in security if isinstance(entry, dict)]
    return not any(names and names <= bearers for names in alternatives)


def _require_bodies(made: Seed, domain: Domain) -> None:
    """What is stored comes from a body: one that may be left out stores nothing."""
    for operation, node, pointer in operations_of(made, domain):
        answer = operation.answer
        if not isinstance(answer, Storage) or answer.kind not in ("create", "replace"):
            continue
        if operation.body is not None and not operation.body.required:
            _, at = made.contract.resolve(
                node["requestBody"], (*pointer, "requestBody")
            )
            if (*at, "#required") not in made.seen:
                made.seen.add((*at, "#required"))
                made.add(at, {"required": True}, f"{operation.id} needs a body")


def _close_bodies(made: Seed, domain: Domain) -> None:
    """Unknown properties in request bodies are refused.

    A schema that others build on with `allOf` stays open: closed, it would refuse what
    they add.
    """
    made.seen.update(_built_on(made.contract.effective))
    for operation, node, pointer in operations_of(made, domain):
        if operation.body is None:
            continue
        body, at = made.contract.resolve(node["requestBody"], (*pointer, "requestBody"))
        content = body.get("content")
        media = json_media(content)
        if media is None or not isinstance(content, dict):
            continue
        entry, entry_at = made.contract.resolve(content[media], (*at, "content", media))
        schema = entry.get("schema")
        if schema:
            _close(made, schema, (*entry_at, "schema"))


def _built_on(root: Json) -> Iterator[Pointer]:
    """Where the schemas are that an `allOf` refers to."""
    pending: list[Json] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            pending.extend(node.values())
            parts = node.get("allOf")
            for part in parts if isinstance(parts, list) else ():
                reference = part.get("$ref") if isinstance(part, dict) else None
                if isinstance(reference, str):
                    yield parse_pointer(reference)


def _close(made: Seed, schema: Json, pointer: Pointer) -> None:
    node, at = made.contract.resolve(schema, pointer)
    if at in made.seen:
        return
    made.seen.add(at)
    is_new = str(made.contract.effective["openapi"]).startswith("3.1")
    if "allOf" in node:
        if is_new and "unevaluatedProperties" not in node:
            made.add(
                at,
                {"unevaluatedProperties": False},
                f"{name_of(at)} takes no properties beyond those listed",
            )
        return
    properties = node.get("properties")
    if "oneOf" in node or "anyOf" in node:
        _close_alternatives(made, node, at, is_new)
    elif isinstance(properties, dict) and properties:
        if "additionalProperties" not in node and "unevaluatedProperties" not in node:
            made.add(
                at,
                {"additionalProperties": False},
                f"{name_of(at)} takes no properties beyond those listed",
            )
        for name, value in properties.items():
            if isinstance(value, dict):
                _close(made, value, (*at, "properties", name))
    items = node.get("items")
    if isinstance(items, dict):
        _close(made, items, (*at, "items"))


def _close_alternatives(
    made: Seed, node: dict[str, Json], pointer: Pointer, is_new: bool
) -> None:
    """Each alternative is closed, or all together with what stands beside them."""
    if node.get("properties"):
        if is_new and "unevaluatedProperties" not in node:
            words = f"{name_of(pointer)} takes no properties beyond those listed"
            made.add(pointer, {"unevaluatedProperties": False}, words)
        return
    for keyword in ("oneOf", "anyOf"):
        options = node.get(keyword)
        for number, option in enumerate(options if isinstance(options, list) else ()):
            if isinstance(option, dict):
                _close(made, option, (*pointer, keyword, number))


def _bound_numbers(made: Seed, domain: Domain) -> None:
    """Pages and stored integers get the bounds that the service keeps."""
    for operation, node, pointer in operations_of(made, domain):
        for flat, schema, at in schemas_of_parameters(made, operation, node, pointer):
            name = str(flat.get("name"))
            slot = list_slot(names.snake(name))
            paging = flat.get("in") == "query" and slot in _PAGING
            if slot and paging and schema.get("type") == "integer":
                _bound(made, schema, at, name, 1, _PAGING[slot])
            else:
                _bound_schema(made, schema, at)
        if operation.body:
            body, at = made.contract.resolve(
                node["requestBody"], (*pointer, "requestBody")
            )
            content = body["content"]
            media = json_media(content)
            assert isinstance(content, dict) and media
            entry, entry_at = made.contract.resolve(
                content[media], (*at, "content", media)
            )
            _bound_schema(made, entry.get("schema", {}), (*entry_at, "schema"))


def _bound_schema(made: Seed, schema: Json, pointer: Pointer) -> None:
    pending: list[tuple[Json, Pointer]] = [(schema, pointer)]
    while pending:
        current, at = pending.pop()
        if not isinstance(current, dict) or not current:
            continue
        node, at = made.contract.resolve(current, at)
        if (*at, "#bounds") in made.seen or node.get("readOnly") is True:
            continue
        made.seen.add((*at, "#bounds"))
        kind = node.get("type")
        if kind == "integer" or (isinstance(kind, list) and "integer" in kind):
            limit = 2**31 - 1 if node.get("format") == "int32" else INT64
            _bound(made, node, at, name_of(at), -limit - 1, limit)
        for key in ("properties", "patternProperties"):
            inner = node.get(key)
            if isinstance(inner, dict):
                pending.extend((v, (*at, key, k)) for k, v in inner.items())
        for key in ("items", "additionalProperties"):
            pending.append((node.get(key), (*at, key)))
        for key in ("allOf", "oneOf", "anyOf"):
            options = node.get(key)
            if isinstance(options, list):
                pending.extend((v, (*at, key, n)) for n, v in enumerate(options))


def _bound(
    made: Seed,
    schema: dict[str, Json],
    pointer: Pointer,
    name: str,
    minimum: int,
    maximum: int,
) -> None:
    if (*pointer, "#bounded") in made.seen or "enum" in schema or "const" in schema:
        return
    made.seen.add((*pointer, "#bounded"))
    made.seen.add((*pointer, "#bounds"))
    update: dict[str, Json] = {}
    if "minimum" not in schema and "exclusiveMinimum" not in schema:
        update["minimum"] = minimum
    if "maximum" not in schema and "exclusiveMaximum" not in schema:
        update["maximum"] = maximum
    if update:
        words = " and ".join(f"{key} {value}" for key, value in update.items())
        made.add(pointer, update, f"{name}: {words}")
