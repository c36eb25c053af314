"""Which schemas requests and responses see differently: `readOnly` and `writeOnly`."""

from .contract import Contract
from .reader import Json


class Directions:
    """Which schemas of a contract requests and responses see differently.

    Each schema that is referred to is looked at once.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._below: dict[str, set[str]] = {}
        self._directed: set[str] = set()

    def differ(self, nodes: list[Json]) -> bool:
        """Whether something in the nodes, or that they lead to, has a direction."""
        said, references = _directions_in(nodes)
        if said:
            return True
        new = self._read(references - self._below.keys())
        self._spread(new)
        return not self._directed.isdisjoint(references)

    def _read(self, references: set[str]) -> set[str]:
        """Look at what references lead to; returns what was not known before."""
        new: set[str] = set()
        pending = list(references)
        while pending:
            reference = pending.pop()
            if reference in self._below:
                continue
            new.add(reference)
            node, _ = self._contract.resolve({"$ref": reference}, ())
            said, below = _directions_in([node])
            self._below[reference] = below
            if said:
                self._directed.add(reference)
            pending.extend(below)
        return new

    def _spread(self, new: set[str]) -> None:
        """What leads to a schema with a direction has one as well."""
        above: dict[str, list[str]] = {}
        for reference in new:
            for inner in self._below[reference]:
                above.setdefault(inner, []).append(reference)
        pending = [inner for inner in above if inner in self._directed]
        while pending:
            for outer in above.get(pending.pop(), ()):
                if outer not in self._directed:
                    self._directed.add(outer)
                    pending.append(outer)


def _directions_in(nodes: list[Json]) -> tuple[bool, set[str]]:
    """Whether nodes have a direction themselves, and what they refer to."""
    pending: list[Json] = list(nodes)
    references: set[str] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        if not isinstance(node, dict):
            continue
        reference = node.get("$ref")
        if isinstance(reference, str):
            references.add(reference)
        if node.get("readOnly") is True or node.get("writeOnly") is True:
            return True, references
        for key, value in node.items():
            if key not in ("example", "examples", "default", "enum", "const"):
                pending.append(value)
    return False, references
