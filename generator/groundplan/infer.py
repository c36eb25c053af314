"""Effective contract -> domain: which operations there are, and which storage answers.

An entity is a collection path with an item path below it (`/things`,
`/things/{thingId}`) whose operations speak of one object. Everything else is a stub
that says why; nothing is left out silently.
"""

from collections.abc import Iterator
from dataclasses import replace

from .contract import Contract
from .depth import deeper
from .domain import Context, Domain
from .entities import Entities
from .errors import ContractError
from .operations import OperationReader, context_of
from .schemas import SchemaReader


@deeper()
def infer(contract: Contract) -> Domain:
    """The domain of a contract. Raises ContractError for what cannot be served."""
    reader = SchemaReader(contract, _class_names(contract))
    try:
        raw = list(OperationReader(contract, reader).read())
    except RecursionError:
        raise ContractError(
            contract.place(*reader.latest),
            "its schemas lead to each other over too many others, or without end",
            "Shorten the chain of $refs.",
        ) from None
    if not raw:
        raise ContractError(
            contract.place("paths"), "no operation to serve", "Add a path."
        )
    entities = Entities(reader.models, raw)
    info = contract.effective.get("info")
    title = str(info.get("title", "")) if isinstance(info, dict) else ""
    described = _tag_descriptions(contract)
    contexts = []
    for name in dict.fromkeys(item.context for item in raw):
        mine = [item for item in raw if item.context == name]
        operations = tuple(
            replace(item.operation, answer=entities.answer(item)) for item in mine
        )
        contexts.append(
            Context(
                name=name,
                title=mine[0].tag,
                description=described.get(mine[0].tag, ""),
                entities=tuple(entities.of(name)),
                operations=operations,
            )
        )
    return Domain(
        title,
        tuple(contexts),
        reader.models,
        reader.aliases,
        contract.effective,
        reader.unchecked,
    )


def _class_names(contract: Contract) -> Iterator[str]:
    """The classes that are named after a context: no model may be called so."""
    paths = contract.effective.get("paths")
    for path, node in (paths if isinstance(paths, dict) else {}).items():
        item, _ = contract.resolve(node, ("paths", path))
        for operation in item.values():
            if isinstance(operation, dict):
                context, _ = context_of(path, operation, item)
                name = "".join(word.capitalize() for word in context.split("_"))
                for kind in ("Port", "Client", "Operations", "Service"):
                    yield f"{name}{kind}"


def _tag_descriptions(contract: Contract) -> dict[str, str]:
    tags = contract.effective.get("tags")
    return {
        str(tag.get("name")): str(tag.get("description", "")).strip()
        for tag in (tags if isinstance(tags, list) else ())
        if isinstance(tag, dict)
    }
