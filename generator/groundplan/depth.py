"""Room for contracts whose schemas lead to each other over hundreds of others."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Ten calls for each of 500 schemas; Python's own limit allows for a hundred. pydantic
# takes minutes to build models that lead to each other over more than those.
LIMIT: Final = 5_000


@contextmanager
def deeper() -> Iterator[None]:
    """Allow deeper recursion for a while. It is still an error where it has no end."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
