"""What schemas leave open: types that nobody names, values that tell variants apart.

What is generated reads both in one way; said in the contract, others read it so too.
"""

from collections.abc import Iterator

from .amendments import Seed, name_of
from .contract import Contract
from .reader import Json
from .schema_parts import Flat, Pointer, flatten

_MAPS = ("properties", "patternProperties")
_LISTS = ("allOf", "oneOf", "anyOf", "prefixItems")
_SINGLE = ("items", "additionalProperties")


def name_types(made: Seed) -> None:
    """A schema whose keywords are about one type is of that type."""
    for node, pointer in _schemas(made.contract):
        if "$ref" in node or "type" in node:
            continue
        flat = flatten(made.contract, node, pointer, ())
        kind = flat.spoken_of()
        if flat.kinds is None and kind and flat.values() is None:
            made.add(pointer, {"type": kind}, f"{name_of(pointer)} is of type {kind}")


def tell_variants_apart(made: Seed) -> None:
    """The property of a discriminator holds what the mapping says, in every variant."""
    for node, pointer in _schemas(made.contract):
        discriminator = node.get("discriminator")
        options = node.get("oneOf", node.get("anyOf"))
        if not isinstance(discriminator, dict) or not isinstance(options, list):
            continue
        wire = str(discriminator.get("propertyName"))
        given = discriminator.get("mapping")
        mapping = given if isinstance(given, dict) else {}
        added: dict[str, Json] = {}
        for option in options:
            reference = option.get("$ref") if isinstance(option, dict) else None
            if not isinstance(reference, str):
                continue
            flat = flatten(made.contract, option, pointer, ())
            name = reference.rsplit("/", 1)[-1]
            tags = [t for t, target in mapping.items() if target in (reference, name)]
            listed = _listed(made.contract, flat, wire)
            if listed and not tags:
                tags = listed
                added |= dict.fromkeys(tags, reference) if tags != [name] else {}
            _require(made, flat, wire, [] if listed else [*(tags or [name])])
        if added:
            tags_told = ", ".join(added)
            made.add(
                (*pointer, "discriminator"),
                {"mapping": added},
                f"{name_of(pointer)}: {wire} is one of {tags_told}",
            )


def _require(made: Seed, flat: Flat, wire: str, tags: list[Json]) -> None:
    """A variant has the property, with one of the given values."""
    if (*flat.pointer, "#tag", wire) in made.seen:
        return
    made.seen.add((*flat.pointer, "#tag", wire))
    update: dict[str, Json] = {}
    if tags:
        update["properties"] = {wire: {"enum": tags}}
    required = flat.schema.get("required")
    if not isinstance(required, list) or wire not in required:
        update["required"] = [wire]
    if update:
        told = f" is {' or '.join(map(str, tags))}" if tags else " is required"
        made.add(flat.pointer, update, f"{name_of(flat.pointer)}: {wire}{told}")


def _listed(contract: Contract, flat: Flat, wire: str) -> list[str]:
    """The values that a variant lists for a property."""
    properties = flat.schema.get("properties")
    node = properties.get(wire) if isinstance(properties, dict) else None
    if not isinstance(node, dict):
        return []
    values = flatten(contract, node, flat.pointer, ()).values() or []
    return [value for value in values if isinstance(value, str)]


def _schemas(contract: Contract) -> Iterator[tuple[dict[str, Json], Pointer]]:
    """Every schema of a value, and where it is written; parts of one are no values."""
    pending = [(node, at, True) for node, at in _roots(contract.effective)]
    while pending:
        node, pointer, is_value = pending.pop()
        if not isinstance(node, dict):
            continue
        if is_value:
            yield node, pointer
        for keyword in _MAPS:
            inner = node.get(keyword)
            for name, one in inner.items() if isinstance(inner, dict) else ():
                pending.append((one, (*pointer, keyword, name), True))
        for keyword in _LISTS:
            listed = node.get(keyword)
            whole = keyword == "prefixItems" or (keyword != "allOf" and is_value)
            whole = whole and "type" not in node
            for number, one in enumerate(listed if isinstance(listed, list) else ()):
                pending.append((one, (*pointer, keyword, number), whole))
        for keyword in _SINGLE:
            pending.append((node.get(keyword), (*pointer, keyword), True))


def _roots(effective: dict[str, Json]) -> Iterator[tuple[Json, Pointer]]:
    """The schemas of components, parameters, bodies and responses."""
    pending: list[tuple[Json, Pointer]] = [(effective, ())]
    while pending:
        node, pointer = pending.pop()
        if isinstance(node, list):
            pending += [(one, (*pointer, n)) for n, one in enumerate(node)]
        for key, value in node.items() if isinstance(node, dict) else ():
            if key == "schema" or pointer == ("components", "schemas"):
                yield value, (*pointer, key)
            elif key not in ("example", "examples"):
                pending.append((value, (*pointer, key)))
