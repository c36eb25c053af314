"""What goes where: decided and checked before anything is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Table, func, inspect, select

from ..migrate import heads, histories, metadata_of, version_table
from ..settings import PREFIX, Settings
from .reading import plain_table, stored_columns
from .refusals import Refused
from .source import is_missing, place, shown, snapshot


@dataclass(frozen=True)
class Part:
    """What goes to one database, and the names of the contexts that it belongs to."""

    url: str
    names: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Plan:
    """What moves, and what does not."""

    source: str
    parts: tuple[Part, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows each table has in the source."""
    staying: tuple[str, ...] = ()
    """Contexts whose database is the source already."""
    absent: tuple[str, ...] = ()
    """Contexts that the source knows nothing of."""
    left: tuple[str, ...] = ()
    """Tables and columns of the source that no model has."""


def make_plan(settings: Settings, source: str, chosen: Sequence[str] = ()) -> Plan:
    """Plan to move the contexts chosen, or all that the source has.

    Runs within `greenlet_spawn`. Raises Refused when the source or a target is not fit
    for it.
    """
    known = histories()
    if unknown := [name for name in chosen if name not in known]:
        raise Refused(
            f"No tables of {', '.join(unknown)}: there are {', '.join(known)}."
        )
    with snapshot(source) as connection:
        names = [name for name in known if name in (chosen or known)]
        here = place(source)
        staying = [name for name in names if place(settings.url_of(name)) == here]
        absent = [
            name
            for name in names
            if name not in staying and not revisions(connection, name)
        ]
        moving = [name for name in names if name not in (*staying, *absent)]
        check_choice(source, chosen, staying, absent, moving)
        check_revisions(settings, source, connection, moving)
        tables = [one for name in moving for one in tables_of(name)]
        check_shape(connection, tables)
        rows = {one.name: count(connection, one) for one in tables}
        left = left_behind(connection, known)
    parts = split(settings, moving)
    for part in parts:
        check_empty(part)
    return Plan(source, parts, rows, tuple(staying), tuple(absent), tuple(left))


def tables_of(name: str) -> tuple[Table, ...]:
    """The tables of a context, those first that others refer to."""
    return tuple(metadata_of(name).sorted_tables)


def split(settings: Settings, names: Sequence[str]) -> tuple[Part, ...]:
    """The contexts by the database that the settings give them."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(place(settings.url_of(name)), []).append(name)
    return tuple(
        Part(
            settings.url_of(group[0]),
            tuple(group),
            tuple(one for name in group for one in tables_of(name)),
        )
        for group in groups.values()
    )


def revisions(connection: Connection, name: str) -> frozenset[str]:
    """Where the tables of a context are; nothing where there are none."""
    options = {"version_table": version_table(name)}
    context = MigrationContext.configure(connection, opts=options)
    return frozenset(context.get_current_heads())


def check_choice(
    source: str,
    chosen: Sequence[str],
    staying: Sequence[str],
    absent: Sequence[str],
    moving: Sequence[str],
) -> None:
    """Refuse to move what was named and is not there, or nothing at all."""
    if chosen and staying:
        variables = ", ".join(f"{PREFIX}DATABASE__{name.upper()}" for name in staying)
        raise Refused(
            f"{shown(source)} is the database of {', '.join(staying)} already.\n"
            f"Set {variables} to the new one, or name it with --to."
        )
    if chosen and absent:
        raise Refused(f"{shown(source)} has no tables of {', '.join(absent)}.")
    if not moving and staying:
        raise Refused(
            f"{shown(source)} is the database of this project already.\n"
            f"Set {PREFIX}DATABASE_URL, or {PREFIX}DATABASE__<CONTEXT> for one "
            "context, to the new one, or name it with --to."
        )
    if not moving:
        raise Refused(f"{shown(source)} has no tables of this project.")


def check_revisions(
    settings: Settings, source: str, connection: Connection, names: Sequence[str]
) -> None:
    """Refuse a source whose tables are not those of the models."""
    behind = [
        f"  {name} is at {', '.join(sorted(found))}, not at {', '.join(sorted(newest))}"
        for name in names
        if (found := revisions(connection, name)) != (newest := heads(settings, name))
    ]
    if not behind:
        return
    if place(source)[0] == place(settings.database_url)[0]:
        step = f"{PREFIX}DATABASE_URL=<the source> make migrate"
    else:
        step = (
            "in a checkout from before the engine changed and with the same "
            "migrations:\nmake migrate"
        )
    raise Refused(
        f"{shown(source)} is not at the newest revision:\n"
        + "\n".join(behind)
        + f"\nBring it there first, {step}"
    )


def check_shape(connection: Connection, tables: Sequence[Table]) -> None:
    """Refuse a source that lacks a table or column of the models."""
    inspector = inspect(connection)
    missing = []
    for one in tables:
        if not inspector.has_table(one.name, one.schema):
            missing.append(one.name)
            continue
        there = {found["name"] for found in inspector.get_columns(one.name, one.schema)}
        missing += [
            f"{one.name}.{column.name}"
            for column in stored_columns(one)
            if column.name not in there
        ]
    if missing:
        raise Refused(
            f"The models have what the source has not: {', '.join(missing)}.\n"
            "Write the revision that is missing, `make migration`, and apply it there."
        )


def left_behind(connection: Connection, names: Sequence[str]) -> list[str]:
    """Tables and columns that no model has."""
    models = {one.name: one for name in names for one in tables_of(name)}
    inspector = inspect(connection)
    left = []
    for name in sorted(inspector.get_table_names()):
        if name not in models:
            left += [] if name.startswith(version_table("")) else [name]
            continue
        known = models[name].columns
        found = [one["name"] for one in inspector.get_columns(name)]
        left += [f"{name}.{column}" for column in found if column not in known]
    return left


def check_empty(part: Part) -> None:
    """Refuse a target that holds rows; it may be without tables."""
    if is_missing(part.url):
        return
    with snapshot(part.url) as connection:
        there = set(inspect(connection).get_table_names())
        refuse_rows(connection, part, [one for one in part.tables if one.name in there])


def refuse_rows(connection: Connection, part: Part, tables: Sequence[Table]) -> None:
    """Raise Refused, with the tables that hold rows, if there are any."""
    counts = {one.name: count(connection, one) for one in tables}
    if full := [f"  {name}: {rows}" for name, rows in counts.items() if rows]:
        raise Refused(
            f"Tables of {shown(part.url)} hold rows already:\n"
            + "\n".join(full)
            + "\nMove into an empty database, or empty these tables first."
        )


def count(connection: Connection, model: Table) -> int:
    """How many rows a table has."""
    query = select(func.count()).select_from(plain_table(model))
    return connection.execute(query).scalar_one()
