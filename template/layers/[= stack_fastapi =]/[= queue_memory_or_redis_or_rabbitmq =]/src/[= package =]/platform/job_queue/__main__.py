"""Dead letters: `python -m ... dead-letters list|replay|drop`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from ...settings import Settings, load_settings
from ..database import Database
from ..errors import AppError, reason_of
from .dead_letters import DeadLetters


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
    """Do what a command says; raises NotFound, Unavailable."""
    database = Database(settings.url_of("job_queue"), settings)
    letters = DeadLetters(database)
    try:
        match options.command:
            case "list":
                for row in await letters.newest(options.limit):
                    again = "  (is tried again)" if row.replay_at else ""
                    print(
                        f"{row.id}  {row.failed_at:%Y-%m-%d %H:%M:%S}  {row.queue}"
                        f"  {row.name}  {row.attempts}x  {row.error}{again}"
                    )
            case "replay":
                count = await letters.ask_for_replay(options.id)
                print(f"{count} to be tried again by the next worker.")
            case "drop":
                print(f"{await letters.drop(options.id)} dropped.")
    finally:
        await database.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    subjects = parser.add_subparsers(dest="subject", required=True)
    subject = subjects.add_parser("dead-letters", help="jobs that failed for good")
    commands = subject.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="show the last ones, newest first")
    listing.add_argument("--limit", type=int, default=100)

    for name, text in (("replay", "try again"), ("drop", "forget")):
        command = commands.add_parser(name, help=f"{text} one, or all")
        which = command.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?", help="as `list` shows it")
        which.add_argument("--all", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
