"""What the texts may be that say how a list is sorted, and where it goes on."""

import re

from .amendments import Seed, operations_of, schemas_of_parameters
from .domain import Domain, Storage
from .reader import Json
from .walk import Pointer

CURSOR = "^[0-9a-f]{0,15}$"
_OPEN = frozenset({"type", "description", "example", "examples", "default", "title"})


def bound_lists(made: Seed, domain: Domain) -> None:
    """Parameters that are any text get the pattern of those that are understood."""
    sorts: dict[Pointer, tuple[str, list[str], Json]] = {}
    for operation, node, pointer in operations_of(made, domain):
        answer = operation.answer
        if not isinstance(answer, Storage) or answer.kind != "list":
            continue
        named = {p.wire: p.name for p in operation.parameters if p.place == "query"}
        fields = domain.models[answer.model].fields
        sortable = [f.wire for f in fields if answer.entity.column(f.name)]
        for flat, schema, at in schemas_of_parameters(made, operation, node, pointer):
            name = named.get(str(flat.get("name")))
            if name is None or not _is_open(schema):
                continue
            if name == answer.sort:
                words, before, usual = sorts.get(
                    at, ("", sortable, schema.get("default"))
                )
                both = [wire for wire in before if wire in sortable]
                sorts[at] = (f"{words} {operation.id}".strip(), both, usual)
            elif name == answer.cursor and (*at, "#cursor") not in made.seen:
                made.seen.add((*at, "#cursor"))
                words = f"{operation.id} goes on at the cursors that it has given"
                made.add(at, {"pattern": CURSOR}, words)
    for at, (who, wires, usual) in sorts.items():
        pattern = f"^[-+]?({'|'.join(map(re.escape, wires))})(:(asc|desc))?$"
        # the usual order may be one that only storage knows
        if wires and (usual is None or re.search(pattern, str(usual))):
            words = f"{who} sorts by properties of the items"
            made.add(at, {"pattern": pattern}, words)


def _is_open(schema: dict[str, Json]) -> bool:
    return schema.get("type") == "string" and schema.keys() <= _OPEN
