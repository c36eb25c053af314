"""What the texts may be that say how a list is sorted, and where it goes on."""

import re

from .amendments import Seed, operations_of
from .domain import Domain, Storage
from .reader import Json
from .walk import Pointer

CURSOR = "^[0-9a-f]{0,15}$"
_OPEN = frozenset({"type", "description", "example", "examples", "default", "title"})


def bound_lists(made: Seed, domain: Domain) -> None:
    """Parameters that are any text get the pattern of those that are understood."""
    found: dict[Pointer, tuple[str, list[str]]] = {}
    for operation, node, pointer in operations_of(made, domain):
        answer = operation.answer
        if not isinstance(answer, Storage) or answer.kind != "list":
            continue
        path: Pointer = ("paths", operation.path)
        item, item_at = made.contract.resolve(_at(made.contract.effective, path), path)
        named = {p.wire: p.name for p in operation.parameters if p.place == "query"}
        fields = domain.models[answer.model].fields
        sortable = [f.wire for f in fields if answer.entity.column(f.name)]
        for owner, at in ((item, item_at), (node, pointer)):
            listed = owner.get("parameters")
            for number, entry in enumerate(listed if isinstance(listed, list) else ()):
                flat, where = made.contract.resolve(entry, (*at, "parameters", number))
                name = named.get(str(flat.get("name")))
                schema, schema_at = made.contract.resolve(
                    flat.get("schema", {}), (*where, "schema")
                )
                if name is None or not _is_open(schema):
                    continue
                if name == answer.sort:
                    words, before = found.get(schema_at, ("", sortable))
                    both = [wire for wire in before if wire in sortable]
                    found[schema_at] = (f"{words} {operation.id}".strip(), both)
                elif name == answer.cursor and (*schema_at, "#cursor") not in made.seen:
                    made.seen.add((*schema_at, "#cursor"))
                    words = f"{operation.id} goes on at the cursors that it has given"
                    made.add(schema_at, {"pattern": CURSOR}, words)
    for at, (who, wires) in found.items():
        if wires:
            names = "|".join(re.escape(wire) for wire in wires)
            pattern = f"^[-+]?({names})(:(asc|desc))?$"
            made.add(
                at, {"pattern": pattern}, f"{who} sorts by properties of the items"
            )


def _is_open(schema: dict[str, Json]) -> bool:
    kind = schema.get("type")
    return kind == "string" and schema.keys() <= _OPEN


def _at(root: Json, pointer: Pointer) -> Json:
    for step in pointer:
        root = root[step]  # type: ignore[index]
    return root
