"""One page of a list, whatever a contract calls its parts."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list: `total` counts the items of all pages, `offset` those before.

    The first page is 1.
    """

    items: list[Item]
    total: int
    offset: int
    limit: int

    @property
    def page(self) -> int:
        return self.offset // self.limit + 1

    @property
    def pages(self) -> int:
        return -(-self.total // self.limit)

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def has_more(self) -> bool:
        return self.offset + self.limit < self.total

    @property
    def has_previous(self) -> bool:
        return self.offset > 0

    @property
    def is_first(self) -> bool:
        return not self.has_previous

    @property
    def is_last(self) -> bool:
        return not self.has_more

    @property
    def is_empty(self) -> bool:
        return not self.items


@dataclass(frozen=True, slots=True)
class Slice(Page[Item]):
    """The items that follow a cursor, and the cursor of those that follow them.

    `total` is 0 where it was not asked for.
    """

    next: str | None

    @property
    def has_more(self) -> bool:
        return self.next is not None

    @property
    def next_or_empty(self) -> str:
        return self.next or ""
