"""What fields of a new item start with where the request does not say.

A contract names fields that only the service can know: counters, flags, a state, who
created the item. The first overlay gives those a beginning that is plain from their
name and type; an operation that needs others stays for people to write.
"""

import re

from .amendments import Seed, operations_of
from .callers import can_be_caller
from .domain import Domain, Enumeration, Field, Model, Operation, Scalar, Stub
from .reader import Json
from .schemas import Pointer

_COUNT = re.compile(r"(^|_)(count|counter|counts|views|likes|votes|followers|stars)$")
_STATE = re.compile(r"(^|_)(status|state|phase)$")
_CALLER = re.compile(r"^(author|owner|creator|user|account|created_by|owned_by)(_id)?$")


def start_fields(made: Seed, domain: Domain) -> None:
    """Give the fields of new items that nobody fills their first values."""
    for operation, _, _ in operations_of(made, domain):
        stub = operation.answer
        if not isinstance(stub, Stub) or not stub.missing:
            continue
        model = domain.models[stub.model]
        found = [_start(made, domain, operation, model, n) for n in stub.missing]
        if all(found):
            for start in found:
                assert start
                pointer, update, words = start
                if (*pointer, "#start") not in made.seen:
                    made.seen.add((*pointer, "#start"))
                    made.add(pointer, update, words)


def _start(
    made: Seed, domain: Domain, operation: Operation, model: Model, name: str
) -> tuple[Pointer, dict[str, Json], str] | None:
    """Where a field is declared, what it gets, and that in words."""
    field = model.field(name)
    if field is None:
        return None
    pointer = _property(made, model.pointer, field.wire)
    if pointer is None:
        return None
    label = f"{model.name}.{field.wire}"
    if (
        _CALLER.match(name)
        and operation.schemes
        and can_be_caller(field.type, domain.models)
    ):
        return pointer, {"x-caller": True}, f"{label} is the caller who creates it"
    first = _first(field)
    if first is None:
        return None
    return pointer, {"default": first}, f"{label} starts as {first}"


def _first(field: Field) -> Json:
    """The value that a field plainly starts with, or None."""
    type_ = field.type
    if isinstance(type_, Enumeration):
        return type_.values[0] if _STATE.search(field.name) else None
    if not isinstance(type_, Scalar):
        return None
    if type_.kind == "boolean":
        return False
    if type_.kind in ("integer", "number") and _COUNT.search(field.name):
        low = type_.constraint("minimum")
        above = type_.constraint("exclusiveMinimum")
        if above is None and (low is None or (isinstance(low, int) and low <= 0)):
            return 0
    return None


def _property(made: Seed, pointer: Pointer, wire: str) -> Pointer | None:
    """Where the schema at a pointer, or a part of its `allOf`, declares a property."""
    for node, at in _reached(made, pointer):
        properties = node.get("properties")
        if isinstance(properties, dict) and isinstance(properties.get(wire), dict):
            return (*at, "properties", wire)
    return None


def _reached(made: Seed, pointer: Pointer) -> list[tuple[dict[str, Json], Pointer]]:
    """The schemas at a pointer, which may lead through the parts of an `allOf`."""
    places: list[tuple[Json, Pointer]] = [(made.contract.effective, ())]
    for step in pointer:
        found: list[tuple[Json, Pointer]] = []
        for node, at in _with_parts(made, places):
            child = node.get(str(step))
            if child is not None:
                found.append((child, (*at, step)))
        for listed, at in places:
            if isinstance(listed, list) and isinstance(step, int):
                found += [(part, (*at, step)) for part in listed[step : step + 1]]
        places = found
    return _with_parts(made, places)


def _with_parts(
    made: Seed, places: list[tuple[Json, Pointer]]
) -> list[tuple[dict[str, Json], Pointer]]:
    """Objects, and the parts of their `allOf` behind them."""
    pending, found = [*places], dict[Pointer, dict[str, Json]]()
    while pending:
        node, at = pending.pop(0)
        if not isinstance(node, dict):
            continue
        node, at = made.contract.resolve(node, at)
        if at not in found:
            found[at] = node
            parts = node.get("allOf")
            for number, part in enumerate(parts if isinstance(parts, list) else ()):
                pending.append((part, (*at, "allOf", number)))
    return [(node, at) for at, node in found.items()]
