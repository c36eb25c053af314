"""`python -m <package>.move_data --from URL [--to URL] [--contexts users,orders]`.

Copies the rows of contexts from another database, of either engine, to where the
settings say that they belong. The source is only read.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from alembic.util import CommandError
from sqlalchemy.util import greenlet_spawn

from ..migrate import histories, upgrade
from ..platform import engine
from ..platform.database_url import url_problem
from ..platform.errors import AppError
from ..settings import Settings, load_settings
from .copying import move
from .planning import make_plan
from .refusals import Refused
from .report import print_counts, print_moved, print_plan, tell
from .source import FORMS

STOP: Final = "Nothing was moved."


def main(arguments: Sequence[str] | None = None) -> int:
    """Move, or print what would be; the exit status is 1 when nothing was moved."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.to and (problem := url_problem(options.to)):
        parser.error(f"--to {problem}")
    settings = load_settings()
    if options.to:
        own = dict.fromkeys(histories(), options.to)
        settings = settings.model_copy(update={"database": own})
    try:
        run(settings, options)
    except (Refused, AppError, CommandError) as error:
        print(f"{STOP} {error}", file=sys.stderr)
        return 1
    except Exception as error:
        if (said := engine.reason(error)) is None:
            raise
        print(f"{STOP} {said}", file=sys.stderr)
        return 1
    return 0


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Plan, bring the targets to the newest revision, move. Raises Refused."""
    source, chosen = options.source, options.contexts
    plan = asyncio.run(greenlet_spawn(make_plan, settings, source, chosen))
    print_plan(plan)
    if options.plan:
        print_counts(plan)
        return
    upgrade(settings, [name for part in plan.parts for name in part.names])
    print_moved(asyncio.run(greenlet_spawn(move, plan, tell)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description="Copy rows of contexts from another database into this project's.",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="URL",
        required=True,
        help=f"where they are: {FORMS}",
    )
    parser.add_argument(
        "--to", metavar="URL", help="where they go, instead of where the settings say"
    )
    parser.add_argument(
        "--contexts",
        type=_names,
        default=[],
        metavar="NAMES",
        help="these alone, comma separated",
    )
    parser.add_argument(
        "--plan", action="store_true", help="print what would move, and change nothing"
    )
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    sys.exit(main())
