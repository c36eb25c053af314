"""Migrations: `python -m <package>.migrate upgrade|downgrade|check|revision`.

Each folder `migrations/<name>/versions` is a history of its own, with its own version
table: that of a context, or of a package of the platform that has tables.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from .contexts import CONTEXTS
from .platform.engine import create_migration_engine, is_unavailable
from .settings import Settings, has_tables, load_settings

MIGRATIONS = Path("migrations")


def histories(folder: Path = MIGRATIONS) -> list[str]:
    """The names of all that has migrations, in alphabetical order.

    The folder of a context that is gone is passed by; its tables stay as they are.
    """
    names = sorted(path.parent.name for path in folder.glob("*/versions"))
    return [name for name in names if name in CONTEXTS or has_tables(name)]


def metadata_of(name: str) -> MetaData:
    """The tables of a context or of a package of the platform.

    There are none where the last table is gone and its history remains.
    """
    place = f".{name}.generated" if name in CONTEXTS else f".platform.{name}"
    if not (find_spec(place, __package__) and find_spec(f"{place}.model", __package__)):
        return MetaData()
    base: type[DeclarativeBase] = import_module(f"{place}.model", __package__).Base
    if name in CONTEXTS and find_spec(f".{name}.model", __package__):
        # tables of your own, on the same base
        import_module(f".{name}.model", __package__)
    return base.metadata


def version_table(name: str) -> str:
    """The table that says at which revision a history is."""
    return f"alembic_version_{name}"


def heads(settings: Settings, name: str) -> frozenset[str]:
    """The newest revisions of a history: one, or none where it has no revision."""
    script = ScriptDirectory.from_config(config_of(name, settings))
    return frozenset(script.get_heads())


def config_of(name: str, settings: Settings, folder: Path = MIGRATIONS) -> Config:
    """What Alembic has to know to work on one history."""
    config = Config()
    root = folder.resolve()
    config.set_main_option("script_location", str(root))
    config.set_main_option("version_locations", str(root / name / "versions"))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = metadata_of(name)
    config.attributes["engine"] = create_migration_engine(settings.url_of(name))
    config.attributes["version_table"] = version_table(name)
    return config


def upgrade(settings: Settings, names: Sequence[str] = (), to: str = "head") -> None:
    """Bring the tables of all histories, or of those named, to a revision."""
    for name in names or histories():
        command.upgrade(config_of(name, settings), to)


def downgrade(settings: Settings, names: Sequence[str] = (), to: str = "-1") -> None:
    """Take revisions back: the last one, or all after `to`."""
    for name in names or histories():
        command.downgrade(config_of(name, settings), to)


def check(settings: Settings, names: Sequence[str] = ()) -> None:
    """Raise CommandError when a model differs from what its migrations make."""
    for name in names or histories():
        command.check(config_of(name, settings))


def revision(settings: Settings, names: Sequence[str], message: str) -> None:
    """Write a revision for the difference between model and database."""
    for name in names or histories():
        command.revision(config_of(name, settings), message, autogenerate=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 1 when it failed."""
    options = _parser().parse_args(arguments)
    settings = load_settings()
    names = [options.context] if options.context else []
    if unknown := [name for name in names if name not in histories()]:
        print(f"No migrations for {unknown[0]}: {histories()}", file=sys.stderr)
        return 1
    try:
        match options.command:
            case "upgrade":
                upgrade(settings, names, options.to or "head")
            case "downgrade":
                downgrade(settings, names, options.to or "-1")
            case "check":
                check(settings, names)
            case "revision":
                revision(settings, names, options.message or "change")
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        if not is_unavailable(error):
            raise
        print(f"The database does not answer: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.migrate")
    parser.add_argument(
        "command", choices=("upgrade", "downgrade", "check", "revision")
    )
    parser.add_argument("--context", help="one context instead of all")
    parser.add_argument("--to", help="a revision: `head`, `base`, `-1` or its id")
    parser.add_argument("-m", "--message", help="what a new revision changes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
