"""Runs in a generated project that uses PostgreSQL: a server until its input ends."""

import sys

sys.path.insert(0, "tests")
from database_fixture import own_server  # type: ignore[import-not-found]

with own_server() as url:
    print(url.render_as_string(hide_password=False), flush=True)
    sys.stdin.read()
