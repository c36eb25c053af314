"""Cursors: where a list goes on, as callers hand it back. They say nothing to them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from pydantic_core import from_json, to_json

from .errors import BadRequest

MARK_BYTES: Final = 6


def cursor_of(told: int, place: Sequence[object], asked: object) -> str:
    """The cursor of a place in the list that was asked for in this way.

    A place is the number of the items told, and what the last of them has in the
    columns that the list is ordered by.
    """
    text = to_json([told, *place])
    return urlsafe_b64encode(_mark(text, asked) + text).rstrip(b"=").decode()


def place_of(cursor: str, asked: object) -> tuple[int, list[object]]:
    """The place that a cursor stands for, its values as JSON has them.

    Raises BadRequest for any other text, and for a cursor of a list that was asked for
    in another way. A cursor opens nothing: what may be seen is asked for again.
    """
    try:
        padding = "=" * (-len(cursor) % 4)
        held = urlsafe_b64decode(cursor.encode("ascii") + padding.encode())
    except ValueError:
        held = b""
    mark, text = held[:MARK_BYTES], held[MARK_BYTES:]
    if not text or mark != _mark(text, asked):
        raise BadRequest("The cursor is none that this list has given")
    told, *place = from_json(text)
    return told, place


def _mark(text: bytes, asked: object) -> bytes:
    return sha256(text + to_json(asked)).digest()[:MARK_BYTES]
