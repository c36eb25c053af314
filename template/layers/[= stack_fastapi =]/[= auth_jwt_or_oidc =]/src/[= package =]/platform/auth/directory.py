"""The accounts of one database: whose they are, what they may do, and their keys."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update

from ..accounts.model import AccountRow
from ..database import Database
from ..errors import NotFound, Unauthorized
from .api_keys import ApiKeys
from .principal import Principal, Role
from .pseudonyms import Pseudonyms
from .schemas import Account
from .settings import AuthSettings
from .tokens import Tokens

COLUMNS: Final = tuple(AccountRow.__table__.columns.keys())
BY_EMAIL: Final = select(AccountRow).where(AccountRow.email == bindparam("value"))
BY_ID: Final = select(AccountRow).where(AccountRow.id == bindparam("value"))


class Directory:
    """What is known of accounts, however they log in."""

    def __init__(self, database: Database, settings: AuthSettings) -> None:
        self.tokens = Tokens(settings)
        self.keys = ApiKeys(database)
        self.pseudonyms = Pseudonyms(settings.jwt_secret)
        self._database = database

    async def get(self, subject: str) -> Account:
        """Return the account of a principal. Raises Unauthorized when it is gone."""
        row = await self.find(BY_ID, UUID(subject))
        if row is None:
            raise Unauthorized("The access token is not valid")
        return account_of(row)

    async def id_of(self, email: str) -> UUID:
        """Return the id of an account. Raises NotFound."""
        row = await self.find(BY_EMAIL, normal(email))
        if row is None:
            raise NotFound("Nobody has that e-mail address")
        return row.id

    async def grant(self, email: str, role: Role) -> None:
        """Give an account a role instead of the one it has. Raises NotFound.

        Access tokens that were issued before keep the old one until they expire.
        """
        change = update(AccountRow).where(AccountRow.email == normal(email))
        async with self._database.transaction() as session:
            changed = await session.scalar(
                change.values(role=role).returning(AccountRow.id)
            )
        if changed is None:
            raise NotFound("Nobody has that e-mail address")

    async def find(
        self, statement: Select[Any], value: str | UUID
    ) -> AccountRow | None:
        """The account that BY_ID or BY_EMAIL finds."""
        rows = await self._database.fetch(statement, {"value": value})
        return AccountRow(**dict(zip(COLUMNS, rows[0], strict=True))) if rows else None


def normal(email: str) -> str:
    """Addresses that differ in case only are one account."""
    return email.strip().lower()


def principal_of(row: AccountRow) -> Principal:
    """Whom an account stands for, in the role that it has here."""
    return Principal(str(row.id), row.email, (row.role,))


def account_of(row: AccountRow) -> Account:
    """What an account shows of itself."""
    return Account(
        id=str(row.id), email=row.email, roles=[row.role], created_at=row.created_at
    )
