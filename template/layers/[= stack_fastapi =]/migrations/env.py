"""Runs the migrations of one context; migrate.py says which and where."""

import asyncio
import re
from pathlib import Path

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, MetaData
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeDecorator

config = context.config
metadata: MetaData = config.attributes["metadata"]
version_table: str = config.attributes["version_table"]
versions = Path(config.get_main_option("version_locations") or "")


def owned_tables() -> set[str]:
    """Tables of the model, and those that its migrations created once.

    Others live in the same database; they are none of this history's business.
    """
    created = re.compile(r"op\.create_table\(\s*\"(\w+)\"")
    scripts = (path.read_text() for path in versions.glob("*.py"))
    return set(metadata.tables) | {
        name for script in scripts for name in created.findall(script)
    }


def render_type(kind: str, item: object, autogen_context: AutogenContext) -> str | bool:
    """Write plain column types, for every database: revisions import no package."""
    if kind != "type":
        return False
    if isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if isinstance(item, TypeDecorator):
        general = item.impl_instance
        on_sqlite = item.load_dialect_impl(sqlite.dialect())
        if type(on_sqlite) is type(general):
            return f"sa.{general!r}"
        return f"sa.{general!r}.with_variant(sa.{on_sqlite!r}, 'sqlite')"
    return False


def migrate(connection: Connection) -> None:
    owned = owned_tables()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=version_table,
        include_name=lambda name, kind, parents: kind != "table" or name in owned,
        render_item=render_type,
        render_as_batch=True,
        transaction_per_migration=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run() -> None:
    engine: AsyncEngine = config.attributes["engine"]
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(run())
