"""Use cases of accounts: register, log in and out."""

from uuid import UUID, uuid4

from ..accounts.model import AccountRow
from ..database import Database
from ..errors import Conflict, Unauthorized
from .directory import BY_EMAIL, Directory, account_of, normal, principal_of
from .login_schemas import TokenPair
from .login_settings import LoginSettings
from .passwords import Passwords
from .principal import Principal
from .schemas import Account
from .sessions import RefreshToken, Sessions


class Accounts(Directory):
    """The accounts of one database, with their passwords and logins."""

    def __init__(self, database: Database, settings: LoginSettings) -> None:
        super().__init__(database, settings)
        self._sessions = Sessions(database, settings)
        self._passwords = Passwords()

    async def register(self, email: str, password: str) -> Account:
        """Create an account.

        Raises Conflict when the address is taken, after the same time as it takes to
        create one.
        """
        hashed = await self._passwords.hash(password)
        return await self._create(uuid4(), email, hashed)

    async def _create(self, account_id: UUID, email: str, hashed: str) -> Account:
        row = AccountRow(id=account_id, email=normal(email), password_hash=hashed)
        try:
            async with self._database.transaction() as session:
                session.add(row)
                await session.flush()
                return account_of(row)
        except Conflict:
            raise Conflict("An account with this e-mail address exists") from None

    async def verify(self, email: str, password: str) -> Principal:
        """Return whom the credentials belong to.

        Raises Unauthorized, with the same words and after the same time whether the
        password is wrong or nobody has that address.
        """
        row = await self.find(BY_EMAIL, normal(email))
        known = row.password_hash if row else None
        if not await self._passwords.matches(password, known) or row is None:
            raise Unauthorized("The e-mail address or the password is wrong")
        return principal_of(row)

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
        return self._pair(principal_of(account), refresh)

    async def log_out(self, token: str) -> None:
        """End the login that a refresh token belongs to, if there is one."""
        await self._sessions.end(token)

    async def log_out_everywhere(self, subject: str) -> None:
        """End every login of an account; access tokens live on until they expire."""
        await self._sessions.end_all(UUID(subject))

    def _pair(self, principal: Principal, refresh: RefreshToken) -> TokenPair:
        return TokenPair(
            access_token=self.tokens.issue(principal),
            expires_in=self.tokens.seconds,
            refresh_token=refresh.text,
            refresh_expires_in=refresh.seconds,
        )
