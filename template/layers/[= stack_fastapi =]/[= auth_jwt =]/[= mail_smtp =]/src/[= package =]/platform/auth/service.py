"""Use cases of accounts: register, log in and out, and set a forgotten password."""

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import delete, update

from ..account_mails.dispatch import Dispatch, Services
from ..accounts.model import AccountRow, SessionRow
from ..database import Database
from ..errors import Conflict
from ..logging import get_logger
from .directory import account_of, normal
from .logins import Logins
from .schemas import Account

if TYPE_CHECKING:
    from ...settings import Settings

log = get_logger(__name__)


class Accounts(Logins):
    """The accounts of one database, with their passwords, logins and mails."""

    def __init__(
        self, database: Database, settings: "Settings", services: Services
    ) -> None:
        super().__init__(database, settings)
        self.dispatch = Dispatch(services)
        self._services = services
        self._are_welcomed = settings.welcome_mails

    async def register(self, email: str, password: str) -> Account:
        """Create an account, and have it welcomed.

        Raises Conflict when the address is taken, after the same time as it takes to
        create one.
        """
        row = AccountRow(
            id=uuid4(),
            email=normal(email),
            password_hash=await self._passwords.hash(password),
        )
        welcomes = self._services.account_mails.welcomes
        if self._are_welcomed:
            await welcomes.prepare(row.id)
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except Conflict:
            if self._are_welcomed:
                await welcomes.done(row.id)
            raise Conflict("An account with this e-mail address exists") from None
        if self._are_welcomed:
            await self.dispatch.welcome(row.id)
        return account_of(row)

    async def ask_for_reset(self, email: str) -> None:
        """Have a link sent to the account with this address, if there is one.

        Nobody has looked for the account when this returns. Raises what leaving the
        work to others raises: Unavailable, TooManyRequests.
        """
        await self.dispatch.reset(email)

    async def reset_password(self, token: str, password: str) -> None:
        """Set the password of the account whose token this is, and end its logins.

        Access tokens live on until they expire. Raises ResetTokenInvalid, and
        TooManyRequests when too many passwords wait to be hashed.
        """
        resets = self._services.account_mails.resets
        await resets.check(token)
        password_hash = await self._passwords.hash(password)
        account_id = await resets.use(token)
        async with self._database.transaction() as session:
            await session.execute(
                update(AccountRow)
                .where(AccountRow.id == account_id)
                .values(password_hash=password_hash)
            )
            await session.execute(
                delete(SessionRow).where(SessionRow.account_id == account_id)
            )
        log.info("password_reset", account=self.pseudonyms.of(str(account_id)))
