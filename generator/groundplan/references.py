"""Properties that name items of other collections: `x-reference: /members`."""

from collections.abc import Callable

from .domain import Model, Parent, Reference, Scalar, Storage, Stub
from .entities import Entities, shape
from .errors import ContractError
from .operations import RawOperation, wants_more

WRITES = frozenset({"create", "update", "replace"})


def references_of(
    item: RawOperation,
    answer: Storage,
    body: Model,
    entities: Entities,
    answered: Callable[[RawOperation], Storage | Stub],
) -> tuple[Reference, ...]:
    """The items that have to exist before a body is stored. Raises ContractError."""
    found = []
    known = {field.name: field for field in entities.models[answer.entity.model].fields}
    for field in body.fields:
        target = known[field.name].reference if field.name in known else None
        if target and answer.kind in WRITES:
            owner = _owner(target, entities, answered)
            if owner is None or not isinstance(field.type, Scalar):
                raise ContractError(
                    item.place,
                    f"x-reference of {field.wire}: {target[:60]!r} is no collection of "
                    "this contract whose items are got by one key",
                    "Name its path, as in `x-reference: /members`.",
                )
            found.append(Reference(field.name, field.wire, owner))
    return tuple(found)


def _owner(
    target: str,
    entities: Entities,
    answered: Callable[[RawOperation], Storage | Stub],
) -> Parent | None:
    """How the items of a collection are asked for."""
    path = f"{shape(target)}/{{}}"
    place, get = entities.items.get(path), entities.by_path.get(path, {}).get("get")
    if place is None or get is None or place.within or get.context != place.context:
        return None
    if wants_more(get.operation) or not isinstance(answered(get), Storage):
        return None
    return Parent(place.context, get.operation.name, (), place.entity)
