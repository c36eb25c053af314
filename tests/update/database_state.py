"""Runs in a project: upgrades its database and prints what is in it then, as JSON.

`move URL` brings rows over from there, `fill COUNT` makes some.
"""

import asyncio
import contextlib
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import (  # type: ignore[import-not-found]
    Connection,
    Inspector,
    inspect,
)
from sqlalchemy.ext.asyncio import (  # type: ignore[import-not-found]
    create_async_engine,
)

PACKAGE, ACTION, *GIVEN = sys.argv[1:]
RUN = Path(__file__).parents[1] / "run"
sys.path.insert(0, str(RUN))


def main() -> None:
    migrate = import_module(f"{PACKAGE}.migrate")
    settings = import_module(f"{PACKAGE}.settings").load_settings()
    with contextlib.redirect_stdout(sys.stderr):
        if ACTION == "move":
            moved = import_module(f"{PACKAGE}.move_data.__main__")
            assert moved.main(["--from", *GIVEN]) == 0
        migrate.upgrade(settings)
        migrate.check(settings)
        rows = import_module("fill_and_dump")
        if ACTION == "fill":
            contexts = import_module(f"{PACKAGE}.contexts").CONTEXTS
            rows.fill(rows.tables(contexts), int(GIVEN[0]))
        told = {one.name: rows.told(one) for one in rows.tables(migrate.histories())}
        tables = asyncio.run(schema(settings.database_url))
    print(json.dumps({"tables": tables, "rows": told}, default=str))


async def schema(url: str) -> dict[str, Any]:
    """Columns in their order, keys, indexes and constraints of every table."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found: dict[str, Any] = await connection.run_sync(all_tables)
    await engine.dispose()
    return found


def all_tables(connection: Connection) -> dict[str, Any]:
    known = inspect(connection)
    return {name: table(known, name) for name in known.get_table_names()}


def table(known: Inspector, name: str) -> dict[str, Any]:
    return {
        "columns": [{**one} for one in known.get_columns(name)],
        "primary key": known.get_pk_constraint(name),
        "references": in_order(known.get_foreign_keys(name)),
        "indexes": in_order(known.get_indexes(name)),
        "unique": in_order(known.get_unique_constraints(name)),
        "checks": in_order(known.get_check_constraints(name)),
    }


def in_order(found: list[Any]) -> list[Any]:
    return sorted(found, key=repr)


main()
