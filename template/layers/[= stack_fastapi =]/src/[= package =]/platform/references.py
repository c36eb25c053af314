"""Properties that name other items, which have to be there."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import MISSING

from .errors import Conflict, FieldError, NotFound


async def check_reference(
    pointer: str, key: object, get: Callable[[Any], Awaitable[object]]
) -> None:
    """Ask for the item that a part of a body names; raises Conflict without it."""
    if key is None or key is MISSING:
        return
    try:
        await get(key)
    except NotFound as missing:
        message = "There is no such item"
        raise Conflict(
            f"{pointer.rpartition('/')[2]} names an item that is not there",
            errors=[FieldError(f"/body{pointer}", message, "unknown_reference")],
        ) from missing
