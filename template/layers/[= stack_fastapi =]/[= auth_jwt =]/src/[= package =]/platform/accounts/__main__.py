"""The roles of accounts: `python -m ... grant someone@example.com ADMIN`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import get_args

from ...settings import Settings, load_settings
from ..auth.service import Accounts, Role
from ..database import Database
from ..errors import AppError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 1 when it failed."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    parser.add_argument("command", choices=["grant"])
    parser.add_argument("email")
    parser.add_argument("role", choices=get_args(Role))
    options = parser.parse_args(arguments)
    try:
        asyncio.run(grant(load_settings(), options.email, options.role))
    except AppError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def grant(settings: Settings, email: str, role: Role) -> None:
    """Give the account of an e-mail address a role; raises NotFound, Unavailable."""
    database = Database(settings.url_of("accounts"), settings)
    try:
        await Accounts(database, settings).grant(email, role)
    finally:
        await database.dispose()


if __name__ == "__main__":
    sys.exit(main())
