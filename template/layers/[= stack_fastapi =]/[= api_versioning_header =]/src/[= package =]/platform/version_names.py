"""A version is named by a header: `X-API-Version: 2`."""

from collections.abc import Iterable
from typing import Final

Headers = Iterable[tuple[bytes, bytes]]

HEADER: Final = b"x-api-version"
# What answers depend on, and how a version is written in words.
VARY: Final = "X-API-Version"
WRITTEN: Final = "X-API-Version: {}"


def names_in(headers: Headers) -> tuple[bytes, ...]:
    """The versions that a request names, as it writes them."""
    named = [value for name, value in headers if name == HEADER]
    return (b",".join(named),) if named else ()


def telling(version: int, status: int, headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, and the version that has answered."""
    return [*headers, (HEADER, str(version).encode())]
