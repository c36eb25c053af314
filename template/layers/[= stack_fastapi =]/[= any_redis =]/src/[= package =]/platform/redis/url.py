"""URLs of Redis: what is wrong with one, without showing its password."""

from typing import Final
from urllib.parse import urlsplit

EXAMPLE: Final = "redis://:PASSWORD@HOST:6379/0"


def url_problem(url: str) -> str | None:
    """What keeps the driver from using it; None if nothing does."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"is no URL; it looks like {EXAMPLE}"
    if parts.scheme not in ("redis", "rediss"):
        return f"has to begin with redis:// or rediss://, like {EXAMPLE}"
    if not parts.hostname or port == 0:
        return f"needs a host and a port that exist, like {EXAMPLE}"
    database = parts.path.removeprefix("/")
    if database and not database.isdecimal():
        return f"ends in the number of a database, like {EXAMPLE}"
    if parts.query or parts.fragment:
        return "takes no parameters: they are settings of their own"
    return None
