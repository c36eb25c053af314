"""What was read past in a contract: small faults whose meaning is clear."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from .reader import Document, Json
from .walk import Node, Pointer

SIMILAR = 0.75
"""From here on two keys are so alike that one may be the other, misspelled."""


@dataclass(frozen=True)
class Remark:
    """A fault that was mended in memory: where it is, and what was made of it."""

    place: str
    message: str
    was: Json = field(default=None, repr=False, compare=False)
    """What stood there; kept, since lines are found by the identity of objects."""


class Remarks:
    """Mends one document in place, and keeps what there is to say about it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Remark] = []

    def add(self, pointer: Pointer, message: str, was: Json = None) -> None:
        """Say what was made of a part; its line is looked up as it stands now."""
        self.found.append(Remark(self.document.place(*pointer), message, was))

    def set(self, node: Node, at: Pointer, key: str, value: Json, message: str) -> None:
        """Give a key another value, and say why."""
        self.add((*at, key), message, node.get(key))
        node[key] = value

    def drop(self, node: Node, at: Pointer, key: str, why: str) -> None:
        """Remove a key, and say why."""
        self.add((*at, key), f"`{key[:60]}` {why}", node[key])
        del node[key]

    def only(self, node: Node, at: Pointer, known: Iterable[str], what: str) -> None:
        """Remove the keys that mean nothing at a place.

        One that may be a known key, misspelled, is left for the check to refuse.
        """
        known = frozenset(known)
        for key in [k for k in node if k not in known and not k.startswith("x-")]:
            if not difflib.get_close_matches(key.lower(), known, 1, SIMILAR):
                self.drop(node, at, key, f"means nothing in {what}")

    def flag(self, node: Node, at: Pointer, key: str) -> None:
        """Read a boolean that was written as text."""
        value = node.get(key)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            words = f"`{key}: '{value}'` is read as {value.lower()}"
            self.set(node, at, key, value.lower() == "true", words)


def listed(node: Json) -> list[Json]:
    """The items of a list; nothing of anything else."""
    return node if isinstance(node, list) else []


def mapped(node: Json) -> list[tuple[str, Json]]:
    """The entries of a mapping, which may then be changed; nothing of anything else."""
    return list(node.items()) if isinstance(node, dict) else []
