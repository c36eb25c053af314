"""Use cases of accounts: register, log in, look up."""

from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update

from ..accounts.model import AccountRow
from ..database import Database
from ..errors import Conflict, NotFound, Unauthorized
from .passwords import Passwords
from .principal import Principal
from .schemas import Account
from .tokens import Tokens

Role = Literal["USER", "MODERATOR", "ADMIN"]

COLUMNS: Final = tuple(AccountRow.__table__.columns.keys())
BY_EMAIL: Final = select(AccountRow).where(AccountRow.email == bindparam("value"))
BY_ID: Final = select(AccountRow).where(AccountRow.id == bindparam("value"))


class Accounts:
    """The accounts of one database."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self.tokens = tokens
        self._database = database
        self._passwords = Passwords()

    async def register(self, email: str, password: str) -> Account:
        """Create an account. Raises Conflict when the address is taken."""
        row = AccountRow(
            email=_normal(email), password_hash=await self._passwords.hash(password)
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
                await session.flush()
                return _account(row)
        except Conflict:
            raise Conflict("An account with this e-mail address exists") from None

    async def verify(self, email: str, password: str) -> Principal:
        """Return whom the credentials belong to.

        Raises Unauthorized, with the same words and after the same time whether the
        password is wrong or nobody has that address.
        """
        row = await self._find(BY_EMAIL, _normal(email))
        known = row.password_hash if row else None
        if not await self._passwords.matches(password, known) or row is None:
            raise Unauthorized("The e-mail address or the password is wrong")
        return Principal(str(row.id), row.email, (row.role,))

    async def get(self, subject: str) -> Account:
        """Return the account of a principal. Raises Unauthorized when it is gone."""
        row = await self._find(BY_ID, UUID(subject))
        if row is None:
            raise Unauthorized("The account is gone")
        return _account(row)

    async def grant(self, email: str, role: Role) -> None:
        """Give an account a role instead of the one it has. Raises NotFound.

        Tokens that were issued before keep the old one until they expire.
        """
        change = update(AccountRow).where(AccountRow.email == _normal(email))
        async with self._database.transaction() as session:
            changed = await session.scalar(
                change.values(role=role).returning(AccountRow.id)
            )
        if changed is None:
            raise NotFound("Nobody has that e-mail address")

    async def _find(
        self, statement: Select[Any], value: str | UUID
    ) -> AccountRow | None:
        rows = await self._database.fetch(statement, {"value": value})
        return AccountRow(**dict(zip(COLUMNS, rows[0], strict=True))) if rows else None


def _normal(email: str) -> str:
    """Addresses that differ in case only are one account."""
    return email.strip().lower()


def _account(row: AccountRow) -> Account:
    return Account(
        id=str(row.id), email=row.email, roles=[row.role], created_at=row.created_at
    )
