"""OpenAPI Overlay 1.0: amendments to a contract that stay beside it.

Source: https://spec.openapis.org/overlay/v1.0.0.html. `update` merges objects
recursively, appends to arrays and replaces anything else; `remove` deletes.
"""

from dataclasses import dataclass
from typing import Final

from .builder import MAX_DEPTH
from .errors import ContractError
from .reader import Document, Json
from .remarks import Remark
from .targets import TargetRefused, locations
from .walk import Pointer

MAX_ADDED: Final = 500_000
# A rule about access that is about nothing leaves a door open.
ACCESS: Final = frozenset({"x-owner", "x-roles"})


@dataclass(frozen=True)
class Amendment:
    """One action of an overlay, in words."""

    target: str
    description: str


def apply(
    contract: dict[str, Json],
    overlay: Document,
    written: dict[Pointer, str] | None = None,
    idle: list[Remark] | None = None,
) -> dict[str, Json]:
    """The contract with every action of the overlay carried out, as a copy.

    `written` is told where each changed part was written, and `idle` which actions
    match nothing: a contract may have lost what they were for. Raises ContractError for
    an action that is malformed or makes too much, and for a rule about access that is
    about nothing.
    """
    made = _Made(contract, {} if written is None else written, idle)
    for number, action in enumerate(_actions(overlay)):
        made.carry_out(action, overlay.place("actions", number))
    made.check_depth()
    return made.root


class _Made:
    """A contract that an overlay changes."""

    def __init__(
        self,
        contract: dict[str, Json],
        written: dict[Pointer, str],
        idle: list[Remark] | None,
    ) -> None:
        root = _copied(contract)
        assert isinstance(root, dict)
        self.root = root
        self.written = written
        self.idle = [] if idle is None else idle
        self.added = 0
        self.place = ""

    def carry_out(self, action: dict[str, Json], place: str) -> None:
        self.place = place
        target, update = action.get("target"), action.get("update")
        if not isinstance(target, str):
            raise ContractError(place, "an action without target", "Add `target`.")
        try:
            found = locations(target, self.root)
        except TargetRefused as error:
            raise ContractError(
                place,
                f"the target {_short(target)} {error}",
                "Write it as a simple JSONPath (RFC 9535).",
            ) from error
        if not found:
            words = f"the target {_short(target)} matches nothing in the contract"
            if isinstance(update, dict) and not ACCESS.isdisjoint(update):
                raise ContractError(
                    place, words, "Correct the target, or remove the action."
                )
            self.idle.append(Remark(place, f"{words}: its action does nothing"))
        size = _size(update)
        for location in reversed(found):
            if action.get("remove") is True:
                self.remove(location)
            elif update is not None:
                self.added += size
                if self.added > MAX_ADDED:
                    raise ContractError(
                        place,
                        f"the overlay adds more than {MAX_ADDED} values",
                        "Aim its targets at fewer nodes.",
                    )
                self.update(location, _copied(update))

    def remove(self, location: Pointer) -> None:
        if not location:
            raise ContractError(
                self.place,
                "the whole contract cannot be removed",
                "Remove a part of it, or the action.",
            )
        self.written[location] = self.place
        del _parent(self.root, location)[location[-1]]  # type: ignore[union-attr,arg-type]

    def update(self, location: Pointer, update: Json) -> None:
        current: Json = self.root
        if location:
            current = _parent(self.root, location)[location[-1]]  # type: ignore[index]
        if isinstance(current, dict) and isinstance(update, dict):
            self.merge(current, update, location)
        elif isinstance(current, list):
            self.extend(
                current, update if isinstance(update, list) else [update], location
            )
        elif location:
            self.written[location] = self.place
            _parent(self.root, location)[location[-1]] = update  # type: ignore[index]
        else:
            raise ContractError(
                self.place,
                "the whole contract cannot be replaced",
                "Give a mapping of what is to be added.",
            )

    def merge(
        self, target: dict[str, Json], update: dict[str, Json], at: Pointer
    ) -> None:
        for key, value in update.items():
            current = target.get(key)
            if isinstance(current, dict) and isinstance(value, dict):
                self.merge(current, value, (*at, key))
            elif isinstance(current, list) and isinstance(value, list):
                self.extend(current, value, (*at, key))
            else:
                self.written[*at, key] = self.place
                target[key] = value

    def extend(self, target: list[Json], values: list[Json], at: Pointer) -> None:
        for number in range(len(target), len(target) + len(values)):
            self.written[*at, number] = self.place
        target.extend(values)

    def check_depth(self) -> None:
        level: list[Json] = [self.root]
        for _ in range(MAX_DEPTH + 1):
            level = [
                inner
                for node in level
                for inner in (
                    node.values()
                    if isinstance(node, dict)
                    else node if isinstance(node, list) else ()
                )
            ]
        if level:
            raise ContractError(
                self.place,
                f"the overlay nests more than {MAX_DEPTH} levels deep",
                "Aim its targets at fewer nodes.",
            )


def _short(target: str) -> str:
    return repr(target if len(target) <= 120 else f"{target[:117]}...")


def _size(update: Json) -> int:
    size, pending = 0, [update]
    while pending:
        node = pending.pop()
        size += 1
        if isinstance(node, dict):
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return size


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
                overlay.place("actions", number),
                "is not an action",
                "Make it a mapping with `target`, and `update` or `remove`.",
            )
    return actions  # type: ignore[return-value]


def _parent(root: dict[str, Json], location: Pointer) -> Json:
    node: Json = root
    for step in location[:-1]:
        node = node[step]  # type: ignore[index]
    return node
