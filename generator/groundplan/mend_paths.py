"""Paths that are one path: `/a/{x}` and `/a/{y}` cannot be told apart."""

from collections.abc import Callable, Iterator

from .mend_operations import TEMPLATE
from .reader import Json
from .remarks import Remarks, listed, mapped
from .walk import Node


def join_paths(remarks: Remarks, data: Node, resolve: Callable[[Json], Json]) -> None:
    """Operations of a path go to the one before it that differs in names only.

    A path that has a method of the one before it stays where it is.
    """
    paths = data.get("paths")
    firsts: dict[str, str] = {}
    for path, item in mapped(paths):
        first = firsts.setdefault(TEMPLATE.sub("{}", path), path)
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
        _share(target, resolve)
        _share(item, resolve)
        names = dict(zip(TEMPLATE.findall(path), TEMPLATE.findall(first), strict=True))
        for method, operation in _operations(item):
            given = listed(operation.get("parameters"))
            operation["parameters"] = [_renamed(one, names, resolve) for one in given]
            target[method] = operation
        words = f"`{path[:60]}` is the same path as `{first[:60]}`"
        remarks.add(("paths", path), words, item)
        assert isinstance(paths, dict)
        del paths[path]


def _operations(item: Node) -> Iterator[tuple[str, Node]]:
    for method, operation in mapped(item):
        if isinstance(operation, dict) and "responses" in operation:
            yield method, operation


def _share(item: Node, resolve: Callable[[Json], Json]) -> None:
    """Give the parameters of a path to its operations, which may have their own."""
    shared = listed(item.pop("parameters", None))
    for _, operation in _operations(item):
        own = listed(operation.get("parameters"))
        known = [_named(parameter, resolve) for parameter in own]
        more = [one for one in shared if _named(one, resolve) not in known]
        operation["parameters"] = [*more, *own]


def _named(parameter: Json, resolve: Callable[[Json], Json]) -> tuple[Json, Json]:
    plain = resolve(parameter)
    return (plain.get("name"), plain.get("in")) if isinstance(plain, dict) else (0, 0)


def _renamed(
    parameter: Json, names: dict[str, str], resolve: Callable[[Json], Json]
) -> Json:
    """A parameter whose name in the path is that of another path."""
    plain = resolve(parameter)
    if not isinstance(plain, dict) or plain.get("in") != "path":
        return parameter
    name = str(plain.get("name"))
    return {**plain, "name": names.get(name, name)}
