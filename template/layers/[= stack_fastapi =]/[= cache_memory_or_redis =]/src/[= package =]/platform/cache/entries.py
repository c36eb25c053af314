"""What is cached, by context and operation: the form of generated/caching.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Strategy = Literal["aside", "invalidate", "write-through"]

BULK: Final = "*"
EVERYTHING: Final = "guard"
"""The guard that changes when nothing of before is trusted any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A read whose answers are kept.

    `pattern` names the parameters that it puts into keys, those left over follow as the
    qualifier. `item` is the parameter with the key of one item, which the attribute
    `key` of its row has; a list has neither.
    """

    table: str
    pattern: str
    seconds: int
    strategy: Strategy
    item: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """A write after which the item of a parameter is read and kept."""

    read: str
    item: str


Entries = Mapping[str, Entry | Fill]
Caching = Mapping[str, Entries]


def guards_of(entry: Entry, item: object) -> list[str]:
    """The names of the guards under which an answer is kept."""
    if entry.strategy == "aside":
        return []
    if entry.item is None:
        return [rows_guard(entry.table), EVERYTHING]
    return [item_guard(entry.table, item), bulk_guard(entry.table), EVERYTHING]


def item_guard(table: str, key: object) -> str:
    """Changes with one row."""
    return f"guard:{table}:{key}"


def bulk_guard(table: str) -> str:
    """Changes with rows of which nobody knows the keys."""
    return f"guard:{table}:{BULK}"


def rows_guard(table: str) -> str:
    """Changes with every change of the table."""
    return f"guard:{table}"
