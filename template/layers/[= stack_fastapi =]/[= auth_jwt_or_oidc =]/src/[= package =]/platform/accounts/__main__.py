"""Roles and API keys of accounts: `python -m ... grant someone@example.com ADMIN`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from ...settings import Settings, load_settings
from ..addresses import network_problem
from ..auth.directory import Directory
from ..auth.principal import ROLES
from ..database import Database
from ..errors import AppError, reason_of


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
    database = Database(settings.url_of("accounts"), settings)
    accounts = Directory(database, settings)
    try:
        match options.command:
            case "grant":
                await accounts.grant(options.email, options.role)
            case "create-key":
                account_id = await accounts.id_of(options.email)
                print(
                    await accounts.keys.create(
                        account_id,
                        options.name,
                        options.role,
                        options.days,
                        options.networks,
                    )
                )
                print("Keep it: it is not shown again.", file=sys.stderr)
            case "list-keys":
                account_id = await accounts.id_of(options.email)
                for key in await accounts.keys.of_account(account_id):
                    until = f"{key.expires_at:%Y-%m-%d}"
                    places = f"  from {', '.join(key.networks)}" if key.networks else ""
                    print(f"{key.prefix}  {key.role:9}  {until}  {key.name}{places}")
            case "revoke-key":
                await accounts.keys.revoke(options.prefix)
            case "pseudonym":
                account_id = await accounts.id_of(options.email)
                print(accounts.pseudonyms.of(str(account_id)))
    finally:
        await database.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    commands = parser.add_subparsers(dest="command", required=True)

    grant = commands.add_parser("grant", help="give an account a role")
    grant.add_argument("email")
    grant.add_argument("role", choices=ROLES)

    create = commands.add_parser("create-key", help="make an API key, and show it once")
    create.add_argument("email", help="the account that it acts for")
    create.add_argument("name", type=_name, help="what it is for")
    create.add_argument(
        "--role", choices=ROLES, default=ROLES[0], help="at most the account's"
    )
    create.add_argument("--days", type=_days, default=365, help="how long it is good")

    create.add_argument(
        "--from",
        dest="networks",
        metavar="NETWORK",
        action="append",
        type=_network,
        default=[],
        help="where it is good: an address or a network; may be repeated",
    )

    keys = commands.add_parser("list-keys", help="list the API keys of an account")
    keys.add_argument("email")

    revoke = commands.add_parser("revoke-key", help="end an API key")
    revoke.add_argument("prefix", help="its first part, as list-keys shows it")

    pseudonym = commands.add_parser("pseudonym", help="show what logs call an account")
    pseudonym.add_argument("email")
    return parser


def _network(text: str) -> str:
    if problem := network_problem(text):
        raise argparse.ArgumentTypeError(problem)
    return text


def _name(text: str) -> str:
    if not text.isprintable() or not 0 < len(text) <= 100:
        raise argparse.ArgumentTypeError("takes 1 to 100 printable characters")
    return text


def _days(text: str) -> int:
    days = int(text)
    if not 0 < days <= 3660:
        raise argparse.ArgumentTypeError("takes 1 to 3660 days")
    return days


if __name__ == "__main__":
    sys.exit(main())
