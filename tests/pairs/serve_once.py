"""Runs in a generated project with the environment of all: serves once, and ends.

Migrates an empty database, boots the process as in production, looks at what it says
and at its endpoints, and stops it under load.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

sys.path[:0] = [str(Path(__file__).parents[1] / "run"), "tests"]

import black_box  # type: ignore[import-not-found] # noqa: E402


@contextmanager
def database() -> Iterator[str]:
    """An empty database of the engine that was chosen."""
    if not black_box.IS_POSTGRES:
        with black_box.database() as url:
            yield url
        return
    from database_fixture import execute  # type: ignore[import-not-found]
    from sqlalchemy import make_url  # type: ignore[import-not-found]

    server = make_url(os.environ["TEST_DATABASE_URL"])
    name = f"once_{uuid4().hex}"
    asyncio.run(execute(server, f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        # this script needs what tests need, the service does not
        os.environ["ROW_LOCK"] = os.path.abspath("requirements.lock")
        environment = black_box.settings(url)
        migrate = [sys.executable, "-m", f"{black_box.PACKAGE}.migrate", "upgrade"]
        black_box.call(migrate, environment)
        log = Path(folder, "log")
        with black_box.service(environment, log) as (base, process):
            black_box.speaks(base)
            black_box.stops_in_order(base, process)
        black_box.is_structured(log.read_text("utf-8"))
    print("all is well")


if __name__ == "__main__":
    main()
