"""Events that wait: `python -m ... waiting|skip ID`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence

from ...contexts import CONTEXTS
from ...settings import Settings, load_settings
from ..database import Database
from ..errors import AppError, NotFound, reason_of
from .skipping import go_on_with, skip
from .waiting import in_outboxes, parked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 1 when it failed."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(run(load_settings(), options))
    except AppError as error:
        reason = f" ({reason_of(error)})" if error.status >= 500 else ""
        print(f"{error}{reason}", file=sys.stderr)
        return 1
    return 0


async def run(settings: Settings, options: argparse.Namespace) -> None:
    """Do what a command says; raises Conflict, NotFound, Unavailable."""
    databases: dict[str, Database] = {}

    def database_of(context: str) -> Database:
        url = settings.url_of(context)
        if url not in databases:
            databases[url] = Database(url, settings)
        return databases[url]

    try:
        if options.command == "waiting":
            await show_waiting(database_of)
        else:
            await give_up(database_of, options.id)
    finally:
        for database in databases.values():
            await database.dispose()


async def show_waiting(database_of: Callable[[str], Database]) -> None:
    """Print what was published and not sent, and what waits for an earlier event."""
    lines = []
    for context in CONTEXTS:
        if outbox := (await in_outboxes(database_of(context))).get(context):
            lines.append(
                f"{context}: {outbox.count} in the outbox, the oldest since"
                f" {outbox.oldest:%Y-%m-%d %H:%M:%S} UTC"
            )
    for context in CONTEXTS:
        for stream in await parked(database_of(context), context):
            lines.append(
                f"{stream.consumer}: {stream.count} of {stream.source}"
                f" {stream.aggregate} wait for number {stream.missing}"
                f"; the first of them is {stream.first}"
            )
    print("\n".join(lines) or "No event waits.")


async def give_up(database_of: Callable[[str], Database], id: str) -> None:
    """Skip a dead letter, or what the event of this id waits for."""
    try:
        await skip(database_of, id)
    except NotFound:
        await go_on_with({*map(database_of, CONTEXTS)}, id)
        print("What it waits for is given up; it is next.")
    else:
        print("Given up; the events after it go on.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("waiting", help="what is not sent, or waits for another event")
    giving_up = commands.add_parser("skip", help="give up what holds up other events")
    giving_up.add_argument(
        "id", help="a dead letter's, or that of the event that waits for a lost one"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
