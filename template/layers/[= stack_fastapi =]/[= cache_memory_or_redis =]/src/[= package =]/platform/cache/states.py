"""The state of an item that is read on behalf of many requests."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..conditional import Condition, current


@contextmanager
def reading(table: str, key: object) -> Iterator[Condition]:
    """Note the state of an item that is read on behalf of many requests."""
    condition = Condition({"type": "http", "method": "GET", "headers": []})
    condition.table, condition.key = table, key
    token = current.set(condition)
    try:
        yield condition
    finally:
        current.reset(token)
