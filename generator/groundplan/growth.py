"""What an overlay has to say of what a contract gained since the overlay was begun.

The overlay is the team's: what it has, and what it has no more, stays as it is. What a
first overlay would say now, and would not have said of the effective contract that was
written last, is added at its end.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import documents
from .contract import Contract, amended
from .error_bodies import understand_errors
from .errors import ContractError
from .reader import Document, Json, parse
from .seed import seed
from .understanding import answered

_ITEM = re.compile(r"^actions:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)
_NONE = re.compile(r"^actions:[ \t]*(?:\[\][ \t]*)?\n*\Z", re.MULTILINE)


@dataclass(frozen=True)
class Growth:
    """An overlay with the actions for what is new, and what those do in words."""

    text: str
    words: tuple[str, ...]


def grown(
    bare: Contract, overlay: Document, text: str, before: Contract, error_format: str
) -> Growth | None:
    """What a contract's overlay has to gain; None where nothing is new.

    `text` is the overlay as it is written, `before` the effective contract that was
    written last. Raises ContractError, also where nothing can be added to the overlay.
    """
    given = overlay.data.get("actions") or []
    last = amended(bare, overlay, check=False)
    if not isinstance(given, list):
        return None
    if not any(_new(last.effective, before.effective)):
        return None
    known = {effect(action) for action in _seeds(before, (), error_format)}
    wanted = [
        action
        for action in _seeds(bare, given, error_format)
        if effect(action) not in known
    ]
    return _with(overlay, text, wanted) if wanted else None


def lacking(
    bare: Contract, overlay: Document, error_format: str
) -> list[dict[str, Json]]:
    """The actions that a first overlay would have now, and this one has not.

    What the team has taken out is among them. Raises ContractError.
    """
    given = overlay.data.get("actions") or []
    return _seeds(bare, given, error_format) if isinstance(given, list) else []


def adopted(
    bare: Contract, overlay: Document, text: str, error_format: str
) -> Growth | None:
    """An overlay with all that it lacks, or None. Raises ContractError."""
    wanted = lacking(bare, overlay, error_format)
    return _with(overlay, text, wanted) if wanted else None


def _with(overlay: Document, text: str, actions: list[dict[str, Json]]) -> Growth:
    words = tuple(str(action["description"]) for action in actions)
    return Growth(extended(overlay, text, [*actions]), words)


def _seeds(
    bare: Contract, given: Sequence[Json], error_format: str
) -> list[dict[str, Json]]:
    """What a first overlay would say of a contract beyond what is given."""
    basis, domain, actions = answered(bare, given)
    domain = understand_errors(basis, domain, error_format)
    every = seed(basis, domain, domain.error_format, actions)["actions"]
    assert isinstance(every, list)
    return [action for action in every[len(given) :] if isinstance(action, dict)]


def effect(action: dict[str, Json]) -> str:
    """What an action does, whatever it says of itself."""
    return json.dumps({k: v for k, v in action.items() if k != "description"})


def _new(node: Json, before: Json) -> Iterator[bool]:
    """True for each part that was not there before."""
    pending: list[tuple[Json, Json]] = [(node, before)]
    while pending:
        now, then = pending.pop()
        if isinstance(now, dict) and isinstance(then, dict):
            yield not now.keys() <= then.keys()
            pending.extend((now[key], then[key]) for key in now.keys() & then.keys())
        elif isinstance(now, list) and isinstance(then, list):
            yield len(now) > len(then)
            pending.extend(zip(now, then, strict=False))


def extended(overlay: Document, text: str, actions: list[Json]) -> str:
    """An overlay's text with more actions at its end. Raises ContractError."""
    whole = text.rstrip("\n") + "\n"
    first = _ITEM.search(whole)
    indent = first[1] if first else "  "
    if not first:
        whole = _NONE.sub("actions:\n", whole)
    lines = documents.dump(actions).splitlines()
    whole += "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
    given = overlay.data.get("actions") or []
    assert isinstance(given, list)
    try:
        read = parse(whole, overlay.name).data
    except ContractError:
        read = {}
    if read != overlay.data | {"actions": [*given, *actions]}:
        raise ContractError(
            overlay.place("actions"),
            "nothing can be added at the end of `actions`, and the contract has parts "
            f"that want {len(actions)} more of them",
            "Make it the last key, with its items as `- target: ...` below it.",
        )
    return whole
