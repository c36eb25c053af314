"""What the texts may be that say how a list is sorted, and where it goes on."""

import re

from .amendments import Seed, operations_of, schemas_of_parameters
from .domain import Domain, Storage
from .reader import Json
from .walk import Pointer

_BOUNDS = ("minLength", "maxLength", "pattern", "format")
_OPEN = frozenset({"type", "description", "example", "examples", "default", "title"})


def bound_lists(made: Seed, domain: Domain) -> None:
    """What orders and cursors may be: the first are known, the second the service's."""
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
            if name is not None and name == answer.cursor:
                for key in (key for key in _BOUNDS if key in schema):
                    if (*at, key) not in made.seen:
                        made.seen.add((*at, key))
                        words = f"the cursors of {operation.id} are the service's own"
                        made.take_out((*at, key), words)
            elif name is not None and name == answer.sort and _is_open(schema):
                words, before, usual = sorts.get(
                    at, ("", sortable, schema.get("default"))
                )
                both = [wire for wire in before if wire in sortable]
                sorts[at] = (f"{words} {operation.id}".strip(), both, usual)
    for at, (who, wires, usual) in sorts.items():
        pattern = f"^[-+]?({'|'.join(map(re.escape, wires))})(:(asc|desc))?$"
        # the usual order may be one that only storage knows
        if wires and (usual is None or re.search(pattern, str(usual))):
            words = f"{who} sorts by properties of the items"
            made.add(at, {"pattern": pattern}, words)


def _is_open(schema: dict[str, Json]) -> bool:
    return schema.get("type") == "string" and schema.keys() <= _OPEN
