"""What the URL of a SQLite database has to be like."""

from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SCHEME: Final = "sqlite+aiosqlite"


def url_problem(url: str) -> str | None:
    """Why no file can be opened with this URL; None if one may. No part is repeated."""
    if not url.startswith(f"{SCHEME}://"):
        return f"has to begin with {SCHEME}://"
    try:
        file = make_url(url).database
    except (ArgumentError, ValueError):
        file = None
    # in memory, each connection of the pool would have a database of its own
    if not file or file == ":memory:":
        return f"has to name a file: {SCHEME}:///folder/name.sqlite3"
    return None
