"""Effective contract -> domain: which operations there are, and which storage answers.

An entity is a collection path with an item path (`/things`, `/things/{thingId}`) whose
operations speak of one object. Everything else is a stub
that says why; nothing is left out silently.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from .contract import Contract
from .depth import deeper
from .domain import Context, Domain
from .entities import Entities
from .errors import ContractError
from .operations import OperationReader, context_of
from .reader import Json
from .schemas import SchemaReader
from .storage import Answers

_BASE_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


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
    answers = Answers(entities)
    info = contract.effective.get("info")
    title = str(info.get("title", "")) if isinstance(info, dict) else ""
    described = _tag_descriptions(contract)
    contexts = []
    for name in dict.fromkeys(item.context for item in raw):
        mine = [item for item in raw if item.context == name]
        operations = tuple(
            replace(item.operation, answer=answers.of(item)) for item in mine
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
        base_path(contract.effective),
        contract.effective,
        reader.unchecked,
    )


def base_path(contract: Mapping[str, Json]) -> str:
    """The path of the first server, with the defaults of its variables: `/api/v1`."""
    servers = contract.get("servers")
    server = servers[0] if isinstance(servers, list) and servers else None
    url = server.get("url") if isinstance(server, dict) else None
    if not isinstance(server, dict) or not isinstance(url, str):
        return ""
    variables = server.get("variables")
    for name, node in (variables if isinstance(variables, dict) else {}).items():
        default = node.get("default") if isinstance(node, dict) else None
        url = url.replace(f"{{{name}}}", str(default))
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = f"/{path.strip('/')}" if path.strip("/") else ""
    return path if _BASE_PATH.fullmatch(path) else ""


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
