"""Cursors: where a list goes on, as callers hand it back. They say nothing to them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from .errors import Unprocessable

PREFIX: Final = "offset:"


def cursor_of(offset: int) -> str:
    """The cursor of the items from an offset on."""
    return urlsafe_b64encode(f"{PREFIX}{offset}".encode()).decode().rstrip("=")


def offset_of(cursor: str | None) -> int:
    """The offset that a cursor stands for; raises Unprocessable for any other text."""
    if not cursor:
        return 0
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        prefix, _, number = urlsafe_b64decode(padded).decode().partition(":")
        offset = int(number) if f"{prefix}:" == PREFIX and len(number) < 20 else -1
    except ValueError:
        offset = -1
    if offset < 0 or cursor_of(offset) != cursor:
        raise Unprocessable("The cursor is none that a list has given")
    return offset
