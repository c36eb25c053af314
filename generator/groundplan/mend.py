"""Reads past small faults of a contract whose meaning is clear, as other tools do.

They are mended in memory, before the contract is checked, so that whatever is left
breaks a rule that matters. Nothing is mended silently: `groundplan check` lists every
one, with its line.
"""

import re

from .mend_operations import OperationMender
from .mend_parts import PartMender
from .mend_paths import join_paths
from .mend_schemas import SchemaMender
from .reader import Document, Json
from .remarks import Remark, Remarks, listed, mapped
from .rules import missing
from .specification import fitting, is_old
from .walk import Node, Pointer, parse_pointer, walk

_ROOT = frozenset("""
    openapi info servers paths components security tags externalDocs webhooks
    jsonSchemaDialect
    """.split())
_INFO = frozenset("""
    title version description summary termsOfService contact license
    """.split())
_SCHEME: dict[str, frozenset[str]] = {
    "http": frozenset({"type", "description", "scheme", "bearerFormat"}),
    "apiKey": frozenset({"type", "description", "name", "in"}),
    "oauth2": frozenset({"type", "description", "flows"}),
    "openIdConnect": frozenset({"type", "description", "openIdConnectUrl"}),
}
MAX_STEPS = 20
_SCHEME_NAMES = {name.lower(): name for name in _SCHEME}


def mend(document: Document) -> list[Remark]:
    """Mend a document in place; returns what was mended, in the order of the walk."""
    remarks = Remarks(document)
    data = document.data
    schemas = SchemaMender(remarks)
    parts = PartMender(remarks, schemas)
    operations = OperationMender(remarks, parts, lambda node: _target(data, node))
    _root(remarks, data)
    _components(remarks, data, schemas, parts)
    _paths(remarks, data)
    for path, item in mapped(data.get("paths")):
        operations.item(item, ("paths", path), path)
    join_paths(remarks, data, lambda node: _target(data, node))
    for name, item in mapped(data.get("webhooks")):
        operations.item(item, ("webhooks", name), None)
    _late(remarks, data)
    return remarks.found


def _target(data: Node, node: Json) -> Json:
    """What a local `$ref` stands for, or None."""
    return _resolved(data, node, ())[0] or None


def _resolved(data: Node, node: Json, at: Pointer) -> tuple[Node, Pointer]:
    """What a local `$ref` stands for and where; nothing where it leads nowhere."""
    for _ in range(MAX_STEPS):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str):
            return (node, at) if isinstance(node, dict) else ({}, at)
        node, at = data, parse_pointer(reference)
        for step in at:
            node = node.get(str(step)) if isinstance(node, dict) else None
    return {}, at


def _root(remarks: Remarks, data: Node) -> None:
    remarks.only(data, (), _ROOT, "an OpenAPI document")
    if not isinstance(data.get("info"), dict):
        remarks.set(data, (), "info", {}, "the contract has no `info`")
    _info(remarks, data["info"])
    if is_old(data) and data.get("paths") is None and "webhooks" not in data:
        remarks.set(data, (), "paths", {}, "`paths` is empty")
    for key in ("servers", "security"):
        if isinstance(data.get(key), dict):
            remarks.set(data, (), key, [data[key]], f"`{key}` is read as a list")
    for key in ("servers", "security", "tags", "components"):
        if key in data and data[key] is None:
            remarks.drop(data, (), key, "is empty")
    _servers(remarks, data)
    _tags(remarks, data)


def _info(remarks: Remarks, info: Json) -> None:
    assert isinstance(info, dict)
    for key, usual in (("title", "Service"), ("version", "0")):
        value = info.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            words = f"`{key}: {value}` is read as text"
            remarks.set(info, ("info",), key, str(value), words)
        elif not isinstance(value, str):
            words = f"the contract has no {key}"
            remarks.set(info, ("info",), key, usual, words)
    remarks.only(info, ("info",), _INFO, "`info`")
    for key in ("contact", "license"):
        if key in info and not isinstance(info[key], dict):
            remarks.drop(info, ("info",), key, "is no object")
    known = info.get("license")
    if isinstance(known, dict) and not isinstance(known.get("name"), str):
        remarks.drop(info, ("info",), "license", "has no name")


def _servers(remarks: Remarks, data: Node) -> None:
    servers = listed(data.get("servers"))
    usable = [s for s in servers if isinstance(s, dict) and s.get("url")]
    if len(usable) < len(servers):
        remarks.set(data, (), "servers", [*usable], "a server has no URL")


def _tags(remarks: Remarks, data: Node) -> None:
    """Tags are objects whose names differ."""
    tags, kept = listed(data.get("tags")), dict[str, Json]()
    before = len(remarks.found)
    for number, tag in enumerate(tags):
        if isinstance(tag, str):
            remarks.add(("tags", number), "a tag is read as its name")
            tag = {"name": tag}
        name = tag.get("name") if isinstance(tag, dict) else None
        if not isinstance(name, str):
            remarks.add(("tags", number), "a tag without a name", tag)
        elif name in kept:
            remarks.add(("tags", number), f"the tag {name[:60]!r} occurs twice", tag)
        else:
            kept[name] = tag
    if len(remarks.found) > before:
        data["tags"] = [*kept.values()]


def _components(
    remarks: Remarks, data: Node, schemas: SchemaMender, parts: PartMender
) -> None:
    components = data.get("components")
    if not isinstance(components, dict):
        return
    for kind, entries in mapped(components):
        if entries is None:
            remarks.drop(components, ("components",), kind, "is empty")
        for name, node in mapped(entries):
            at: Pointer = ("components", kind, name)
            if node is None and isinstance(entries, dict):
                remarks.drop(entries, at[:2], name, "is empty")
            elif kind == "schemas":
                schemas.mend(node, at)
            elif kind == "securitySchemes":
                _scheme(remarks, node, at)
            elif kind == "parameters" and isinstance(node, dict):
                parts.parameter(node, at)
            elif kind == "requestBodies":
                parts.body(node, at)
            elif kind == "responses":
                parts.response(node, at)
            elif kind == "headers":
                parts.header(node, at)


def _scheme(remarks: Remarks, node: Json, at: Pointer) -> None:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return
    kind = str(node["type"])
    right = _SCHEME_NAMES.get(kind.lower().replace("_", "").replace("-", ""))
    if kind.lower() in ("bearer", "basic"):
        remarks.set(node, at, "type", "http", f"`type: {kind}` is read as http")
        node["scheme"] = kind.lower()
    elif right and right != kind:
        words = f"`type: {kind}` is read as {right}"
        remarks.set(node, at, "type", right, words)
    known = _SCHEME.get(str(node["type"]))
    if known:
        remarks.only(node, at, known, f"a security scheme of type {node['type']}")
    scheme = str(node.get("scheme")).lower()
    if node["type"] == "http" and scheme != "bearer" and "bearerFormat" in node:
        remarks.drop(node, at, "bearerFormat", "is of bearer tokens only")
    for name, flow in mapped(node.get("flows")):
        if isinstance(flow, dict) and not isinstance(flow.get("scopes"), dict):
            where = (*at, "flows", name)
            remarks.set(flow, where, "scopes", {}, "a flow without `scopes` has none")


def _paths(remarks: Remarks, data: Node) -> None:
    """Paths begin with a slash and end before a query; empty ones go."""
    paths = data.get("paths")
    for path, item in mapped(paths):
        assert isinstance(paths, dict)
        if item is None:
            remarks.drop(paths, ("paths",), path, "is empty")
            continue
        plain, _, query = path.partition("?")
        if not path.startswith(("/", "x-")):
            plain = f"/{plain}"
        if "#" in path and plain.partition("#")[0] in paths:
            words = "is left out: what is behind # is never sent"
            remarks.drop(paths, ("paths",), path, words)
            continue
        plain = plain.partition("#")[0]
        if plain == path or plain in paths:
            continue
        words = f"`{path[:60]}` is read as `{plain[:60]}`"
        remarks.add(("paths", path), words)
        _in_query(item, set(re.findall(r"\{([^{}]*)\}", query)))
        entries = [(plain if p == path else p, i) for p, i in paths.items()]
        paths.clear()
        paths.update(entries)


def _in_query(item: Json, names: set[str]) -> None:
    """Parameters that were written into the path behind a question mark."""
    owners = [item, *(node for _, node in mapped(item))]
    for owner in (o for o in owners if isinstance(o, dict)):
        for entry in listed(owner.get("parameters")):
            if isinstance(entry, dict) and entry.get("name") in names:
                entry["in"] = "query"


def _late(remarks: Remarks, data: Node) -> None:
    """What can be told only when every schema is mended."""

    def resolve(node: Json, at: Pointer) -> tuple[Node, Pointer]:
        return _resolved(data, node, at)

    misfit = fitting(data)
    found = [v for v in walk(data) if not (v.is_map or v.is_extension)]
    bases = {
        resolve(part, ())[1]
        for visited in found
        for part in listed(visited.node.get("allOf"))
    }
    for schema, at, _, _ in found:
        if "default" in schema and misfit(at, schema["default"]):
            remarks.drop(schema, at, "default", "does not fit its schema")
        is_part = at in bases or "allOf" in at[-2:]
        if is_part or not isinstance(schema.get("required"), list):
            continue
        if not schema.get("properties") and "allOf" not in schema:
            continue
        numbers = missing(schema, at, resolve)
        for number in numbers:
            name = str(listed(schema["required"])[number])[:60]
            words = f"`required` names {name!r}, which is no property"
            remarks.add((*at, "required", number), words)
        kept = [n for i, n in enumerate(listed(schema["required"])) if i not in numbers]
        if numbers and kept:
            schema["required"] = kept
        elif numbers:
            del schema["required"]
