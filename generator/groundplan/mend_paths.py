"""Paths that are one path: `/a/{x}` and `/a/{y}` cannot be told apart."""

import re
from collections.abc import Callable

from .reader import Json
from .remarks import Remarks, listed, mapped
from .walk import Node

_TEMPLATE = re.compile(r"\{([^{}]+)\}")


def join_paths(remarks: Remarks, data: Node, resolve: Callable[[Json], Json]) -> None:
    """Operations of a path go to the one before it that differs in names only.

    What both have stays where it is, to be refused.
    """
    paths = data.get("paths")
    firsts: dict[str, str] = {}
    for path, item in mapped(paths):
        first = firsts.setdefault(_TEMPLATE.sub("{}", path), path)
        target = paths.get(first) if isinstance(paths, dict) else None
        if (
            first == path
            or not path.startswith("/")
            or not isinstance(item, dict)
            or not isinstance(target, dict)
        ):
            continue
        taken = target.keys() - {"parameters", "summary", "description"}
        if "$ref" in item or "$ref" in target or taken & item.keys():
            continue
        names = dict(
            zip(_TEMPLATE.findall(path), _TEMPLATE.findall(first), strict=True)
        )
        shared = _renamed(item.pop("parameters", None), names, resolve)
        own = _renamed(target.pop("parameters", None), {}, resolve)
        _share(target, own)
        _share(item, shared)
        for method, operation in mapped(item):
            if isinstance(operation, dict) and "responses" in operation:
                given = operation.get("parameters")
                operation["parameters"] = _renamed(given, names, resolve)
                target[method] = operation
        words = f"`{path[:60]}` is the same path as `{first[:60]}`"
        remarks.add(("paths", path), words, item)
        assert isinstance(paths, dict)
        del paths[path]


def _renamed(
    parameters: Json, names: dict[str, str], resolve: Callable[[Json], Json]
) -> list[Json]:
    """Parameters whose names in the path are those of another path."""
    found: list[Json] = []
    for entry in listed(parameters):
        plain = resolve(entry)
        if isinstance(plain, dict) and plain.get("in") == "path":
            name = str(plain.get("name"))
            found.append({**plain, "name": names.get(name, name)})
        else:
            found.append(entry)
    return found


def _share(item: Node, parameters: list[Json]) -> None:
    """Give the parameters of a path to its operations, which may have their own."""
    for _, operation in mapped(item):
        if isinstance(operation, dict) and "responses" in operation:
            own = listed(operation.get("parameters"))
            known = {(p.get("name"), p.get("in")) for p in own if isinstance(p, dict)}
            operation["parameters"] = [
                *(
                    parameter
                    for parameter in parameters
                    if not isinstance(parameter, dict)
                    or (parameter.get("name"), parameter.get("in")) not in known
                ),
                *own,
            ]
