"""Accounts that get mails: a welcome, and the way to a new password."""

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import delete, update

from ..accounts.model import AccountRow, SessionRow
from ..auth.schemas import Account
from ..auth.service import Accounts
from ..database import Database
from ..errors import Conflict
from ..logging import get_logger
from .dispatch import Dispatch
from .sending import AccountMails

if TYPE_CHECKING:
    from ...settings import Settings

log = get_logger(__name__)


class MailedAccounts(Accounts):
    """The accounts of one database, with their passwords, logins and mails."""

    def __init__(
        self,
        database: Database,
        settings: "Settings",
        mails: AccountMails,
        dispatch: Dispatch,
    ) -> None:
        super().__init__(database, settings)
        self._mails = mails
        self._dispatch = dispatch
        self._are_welcomed = settings.welcome_mails

    async def register(self, email: str, password: str) -> Account:
        """Create an account, and have it welcomed; raises Conflict."""
        if not self._are_welcomed:
            return await super().register(email, password)
        account_id, hashed = uuid4(), await self._passwords.hash(password)
        await self._mails.welcomes.prepare(account_id)
        try:
            account = await self._create(account_id, email, hashed)
        except Conflict:
            await self._mails.welcomes.done(account_id)
            raise
        await self._dispatch.welcome(account_id)
        return account

    async def ask_for_reset(self, email: str) -> None:
        """Have a link sent to the account with this address, if there is one.

        Nobody has looked for the account when this returns. Raises what leaving the
        work to others raises: Unavailable, TooManyRequests.
        """
        await self._dispatch.reset(email)

    async def reset_password(self, token: str, password: str) -> None:
        """Set the password of the account whose token this is, and end its logins.

        Access tokens live on until they expire. Raises ResetTokenInvalid, and
        TooManyRequests when too many passwords wait to be hashed.
        """
        await self._mails.resets.check(token)
        password_hash = await self._passwords.hash(password)
        account_id = await self._mails.resets.use(token)
        mine = AccountRow.id == account_id
        async with self._database.transaction() as session:
            change = update(AccountRow).where(mine)
            await session.execute(change.values(password_hash=password_hash))
            logins = delete(SessionRow).where(SessionRow.account_id == account_id)
            await session.execute(logins)
        log.info("password_reset", account=self.pseudonyms.of(str(account_id)))
