"""Collects the actions of a first overlay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .contract import Contract
from .domain import Domain, Operation
from .reader import Json
from .schemas import Pointer


@dataclass
class Seed:
    """The actions so far, and which parts of the contract were looked at."""

    contract: Contract
    actions: list[Json] = field(default_factory=list)
    seen: set[Pointer] = field(default_factory=set)

    def add(self, pointer: Pointer, update: Json, description: str) -> None:
        """Amend a part of the contract, and say why."""
        self.actions.append(
            {
                "target": json_path(pointer),
                "description": description,
                "update": update,
            }
        )

    def add_to_each(
        self, parent: Pointer, names: Sequence[str], update: Json, description: str
    ) -> None:
        """Amend several parts that stand beside each other in the same way."""
        self.add(parent, update, description)
        action = self.actions[-1]
        assert isinstance(action, dict)
        action["target"] = json_path(parent) + _selector(names)

    def take_out(self, pointer: Pointer, description: str) -> None:
        """Take a part out of the contract, and say why."""
        self.actions.append(
            {
                "target": json_path(pointer),
                "description": description,
                "remove": True,
            }
        )

    def remove(
        self, parent: Pointer, names: Sequence[str], inner: Pointer, description: str
    ) -> None:
        """Remove the inner part of several that stand beside each other."""
        target = json_path(parent) + _selector(names) + json_path(inner)[1:]
        self.actions.append(
            {"target": target, "description": description, "remove": True}
        )


def json_path(pointer: Pointer) -> str:
    """A pointer as a normalized JSONPath (RFC 9535)."""
    steps = (
        f"[{step}]" if isinstance(step, int) else _selector([step]) for step in pointer
    )
    return "$" + "".join(steps)


def _selector(names: Sequence[str]) -> str:
    quoted = (f"'{''.join(map(_escaped, name))}'" for name in names)
    return f"[{', '.join(quoted)}]"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    return character if character >= " " else f"\\u{ord(character):04x}"


def name_of(pointer: Pointer) -> str:
    """The part of a pointer that a reader knows it by."""
    steps = [str(s) for s in pointer if s not in ("components", "schemas", "paths")]
    kept = [s for s in steps if s not in ("properties", "schema", "items", "content")]
    return ".".join(kept[-3:]) if pointer[:1] == ("components",) else " ".join(kept)


def operations_of(
    made: Seed, domain: Domain
) -> Iterator[tuple[Operation, dict[str, Json], Pointer]]:
    """Every operation, its node in the contract, and where that stands."""
    for context in domain.contexts:
        for operation in context.operations:
            pointer: Pointer = ("paths", operation.path)
            paths = made.contract.effective["paths"]
            assert isinstance(paths, dict)
            item, at = made.contract.resolve(paths[operation.path], pointer)
            node = item[operation.method]
            assert isinstance(node, dict)
            yield operation, node, (*at, operation.method)


def schemas_of_parameters(
    made: Seed, operation: Operation, node: dict[str, Json], pointer: Pointer
) -> Iterator[tuple[dict[str, Json], dict[str, Json], Pointer]]:
    """Every parameter of an operation or its path, with its schema and its place."""
    paths = made.contract.effective["paths"]
    assert isinstance(paths, dict)
    item, at = made.contract.resolve(paths[operation.path], ("paths", operation.path))
    for owner, place in ((item, at), (node, pointer)):
        listed = owner.get("parameters")
        for number, entry in enumerate(listed if isinstance(listed, list) else ()):
            where = (*place, "parameters", number)
            parameter, where = made.contract.resolve(entry, where)
            schema = parameter.get("schema", {})
            yield parameter, *made.contract.resolve(schema, (*where, "schema"))


def free_name(taken: Json, wanted: str) -> str:
    """A component name that the contract does not use yet."""
    known = taken if isinstance(taken, dict) else {}
    candidate, number = wanted, 2
    while candidate in known:
        candidate = f"{wanted}{number}"
        number += 1
    return candidate
