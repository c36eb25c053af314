"""Cursors: where a list goes on, as callers hand it back. They say nothing to them."""

import re
from typing import Final

from .errors import Unprocessable

CURSOR: Final = re.compile(r"[0-9a-f]{1,15}", re.ASCII)


def cursor_of(offset: int) -> str:
    """The cursor of the items from an offset on."""
    return f"{offset:x}"


def offset_of(cursor: str | None) -> int:
    """The offset that a cursor stands for; raises Unprocessable for any other text."""
    if not cursor:
        return 0
    if not CURSOR.fullmatch(cursor):
        raise Unprocessable("The cursor is none that a list has given")
    return int(cursor, 16)
