"""Use cases of accounts: register, log in and out, look up."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update

from ..accounts.model import AccountRow
from ..database import Database
from ..errors import Conflict, NotFound, Unauthorized
from .api_keys import ApiKeys
from .passwords import Passwords
from .principal import Principal, Role
from .pseudonyms import Pseudonyms
from .schemas import Account, TokenPair
from .sessions import RefreshToken, Sessions
from .settings import AuthSettings
from .tokens import Tokens

COLUMNS: Final = tuple(AccountRow.__table__.columns.keys())
BY_EMAIL: Final = select(AccountRow).where(AccountRow.email == bindparam("value"))
BY_ID: Final = select(AccountRow).where(AccountRow.id == bindparam("value"))


class Accounts:
    """The accounts of one database."""

    def __init__(self, database: Database, settings: AuthSettings) -> None:
        self.tokens = Tokens(settings)
        self.keys = ApiKeys(database)
        self.pseudonyms = Pseudonyms(settings.jwt_secret)
        self._sessions = Sessions(database, settings)
        self._database = database
        self._passwords = Passwords()

    async def register(self, email: str, password: str) -> Account:
        """Create an account.

        Raises Conflict when the address is taken, after the same time as it takes to
        create one.
        """
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
        return _principal(row)

    async def log_in(self, email: str, password: str) -> TokenPair:
        """Exchange credentials for tokens; raises what `verify` raises."""
        principal = await self.verify(email, password)
        refresh = await self._sessions.start(UUID(principal.subject))
        return self._pair(principal, refresh)

    async def renew(self, token: str) -> TokenPair:
        """Exchange a refresh token for new tokens, with the roles of today.

        Raises Unauthorized; a token that was used before also ends the login.
        """
        account, refresh = await self._sessions.renew(token)
        return self._pair(_principal(account), refresh)

    async def log_out(self, token: str) -> None:
        """End the login that a refresh token belongs to, if there is one."""
        await self._sessions.end(token)

    async def log_out_everywhere(self, subject: str) -> None:
        """End every login of an account; access tokens live on until they expire."""
        await self._sessions.end_all(UUID(subject))

    async def get(self, subject: str) -> Account:
        """Return the account of a principal. Raises Unauthorized when it is gone."""
        row = await self._find(BY_ID, UUID(subject))
        if row is None:
            raise Unauthorized("The access token is not valid")
        return _account(row)

    async def id_of(self, email: str) -> UUID:
        """Return the id of an account. Raises NotFound."""
        row = await self._find(BY_EMAIL, _normal(email))
        if row is None:
            raise NotFound("Nobody has that e-mail address")
        return row.id

    async def grant(self, email: str, role: Role) -> None:
        """Give an account a role instead of the one it has. Raises NotFound.

        Access tokens that were issued before keep the old one until they expire.
        """
        change = update(AccountRow).where(AccountRow.email == _normal(email))
        async with self._database.transaction() as session:
            changed = await session.scalar(
                change.values(role=role).returning(AccountRow.id)
            )
        if changed is None:
            raise NotFound("Nobody has that e-mail address")

    def _pair(self, principal: Principal, refresh: RefreshToken) -> TokenPair:
        return TokenPair(
            access_token=self.tokens.issue(principal),
            expires_in=self.tokens.seconds,
            refresh_token=refresh.text,
            refresh_expires_in=refresh.seconds,
        )

    async def _find(
        self, statement: Select[Any], value: str | UUID
    ) -> AccountRow | None:
        rows = await self._database.fetch(statement, {"value": value})
        return AccountRow(**dict(zip(COLUMNS, rows[0], strict=True))) if rows else None


def _normal(email: str) -> str:
    """Addresses that differ in case only are one account."""
    return email.strip().lower()


def _principal(row: AccountRow) -> Principal:
    return Principal(str(row.id), row.email, (row.role,))


def _account(row: AccountRow) -> Account:
    return Account(
        id=str(row.id), email=row.email, roles=[row.role], created_at=row.created_at
    )
