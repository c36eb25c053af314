"""What the URL of a PostgreSQL database has to be like."""

import inspect
from typing import Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SCHEME: Final = "postgresql+asyncpg"
FORM: Final = f"{SCHEME}://USER:PASSWORD@HOST:PORT/NAME"
HIGHEST_PORT: Final = 65535
OPTIONS: Final = {
    *inspect.signature(asyncpg.connect).parameters,
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
}


def url_problem(url: str) -> str | None:
    """Why nothing can connect with this URL; None if it may. No part is repeated."""
    if not url.startswith(f"{SCHEME}://"):
        return f"has to begin with {SCHEME}://"
    try:
        parsed = make_url(url)
        _, arguments = parsed.get_dialect()().create_connect_args(parsed)
    except (ArgumentError, ValueError):
        return f"has to look like {FORM}"
    host, port = arguments.get("host"), arguments.get("port", 1)
    ports = port if isinstance(port, list) else [port]
    if not all(0 < (number or 1) <= HIGHEST_PORT for number in ports):
        return f"has a port above {HIGHEST_PORT}"
    if not host or not arguments.get("database") or "@" in str(host):
        return f"has to look like {FORM}, with %40 for an @ in the password"
    if not arguments.keys() <= OPTIONS:
        return "has an option that asyncpg does not know; sslmode is `ssl` there"
    return None
