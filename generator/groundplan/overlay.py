"""OpenAPI Overlay 1.0: amendments to a contract that stay beside it.

Source: https://spec.openapis.org/overlay/v1.0.0.html. `update` merges objects
recursively, appends to arrays and replaces anything else; `remove` deletes.
"""

import re
from dataclasses import dataclass

import jsonpath_rfc9535 as jsonpath

from .errors import ContractError
from .reader import Document, Json


@dataclass(frozen=True)
class Amendment:
    """One action of an overlay, in words."""

    target: str
    description: str


def apply(contract: dict[str, Json], overlay: Document) -> dict[str, Json]:
    """The contract with every action of the overlay carried out, as a copy.

    Raises ContractError for an action that is malformed or matches nothing.
    """
    result = _copied(contract)
    assert isinstance(result, dict)
    for number, action in enumerate(_actions(overlay)):
        place = overlay.place("actions", number)
        target, update = action.get("target"), action.get("update")
        if not isinstance(target, str):
            raise ContractError(place, "an action without target", "Add `target`.")
        try:
            locations = _located(target, result)
        except jsonpath.JSONPathError as error:
            raise ContractError(
                place, f"target {target!r} is not JSONPath: {error}", "See RFC 9535."
            ) from error
        if not locations:
            raise ContractError(
                place,
                f"target {target!r} matches nothing in the contract",
                "Correct the target, or remove the action.",
            )
        for location in reversed(locations):
            if action.get("remove") is True:
                _remove(result, location, place)
            elif update is not None:
                _update(result, location, _copied(update))
    return result


_STEP = r"\['((?:[^'\\\x00-\x1f]|\\['\\])*)'\]|\[(0|[1-9][0-9]{0,8})\]"
_NORMALIZED = re.compile(rf"\$(?:{_STEP})*")
_STEPS = re.compile(_STEP)


def _located(target: str, root: dict[str, Json]) -> list[list[str | int]]:
    """Where the nodes are that a JSONPath matches.

    A normalized path matches one node at most and is followed as it is: an overlay has
    thousands of them.
    """
    if not _NORMALIZED.fullmatch(target):
        return [list(node.location) for node in jsonpath.find(target, root)]
    location: list[str | int] = []
    node: Json = root
    for step in _STEPS.finditer(target):
        if step[2] is None:
            name = re.sub(r"\\(.)", r"\1", step[1])
            if not isinstance(node, dict) or name not in node:
                return []
            location.append(name)
            node = node[name]
        else:
            index = int(step[2])
            if not isinstance(node, list) or index >= len(node):
                return []
            location.append(index)
            node = node[index]
    return [location]


def _copied(node: Json) -> Json:
    """A copy in which nothing occurs twice, as what an alias stands for does."""
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(item) for item in node] if isinstance(node, list) else node


def amendments(overlay: Document) -> list[Amendment]:
    """Every action in words: its description, or what it does where it has none."""
    found = []
    for action in _actions(overlay):
        words = action.get("description")
        if not isinstance(words, str):
            update = action.get("update")
            keys = ", ".join(update) if isinstance(update, dict) else repr(update)
            words = "removed" if action.get("remove") is True else f"sets {keys}"
        found.append(Amendment(str(action.get("target")), words))
    return found


def _actions(overlay: Document) -> list[dict[str, Json]]:
    if not str(overlay.data.get("overlay", "")).startswith("1."):
        raise ContractError(
            overlay.place("overlay"),
            "is not an OpenAPI Overlay 1.x document",
            "Begin it with `overlay: 1.0.0`.",
        )
    actions = overlay.data.get("actions") or []
    if not isinstance(actions, list):
        raise ContractError(
            overlay.place("actions"), "`actions` is not a list", "Make it a list."
        )
    for number, action in enumerate(actions):
        if not isinstance(action, dict):
            raise ContractError(
                overlay.place("actions", number), "is not an action", "See the spec."
            )
    return actions  # type: ignore[return-value]


def _parent(root: dict[str, Json], location: list[str | int]) -> Json:
    node: Json = root
    for step in location[:-1]:
        node = node[step]  # type: ignore[index]
    return node


def _remove(root: dict[str, Json], location: list[str | int], place: str) -> None:
    if not location:
        raise ContractError(place, "the whole contract cannot be removed", None)
    del _parent(root, location)[location[-1]]  # type: ignore[union-attr,arg-type]


def _update(root: dict[str, Json], location: list[str | int], update: Json) -> None:
    if not location:
        _merge(root, update)
        return
    parent = _parent(root, location)
    current = parent[location[-1]]  # type: ignore[index]
    if isinstance(current, dict) and isinstance(update, dict):
        _merge(current, update)
    elif isinstance(current, list):
        current.extend(update if isinstance(update, list) else [update])
    else:
        parent[location[-1]] = update  # type: ignore[index]


def _merge(target: dict[str, Json], update: Json) -> None:
    if not isinstance(update, dict):
        return
    for key, value in update.items():
        current = target.get(key)
        if isinstance(current, dict) and isinstance(value, dict):
            _merge(current, value)
        elif isinstance(current, list) and isinstance(value, list):
            current.extend(value)
        else:
            target[key] = value
