"""Use cases of accounts: register, log in and out."""

from ..accounts.model import AccountRow
from ..errors import Conflict
from .directory import account_of, normal
from .logins import Logins
from .schemas import Account


class Accounts(Logins):
    """The accounts of one database, with their passwords and logins."""

    async def register(self, email: str, password: str) -> Account:
        """Create an account.

        Raises Conflict when the address is taken, after the same time as it takes to
        create one.
        """
        row = AccountRow(
            email=normal(email), password_hash=await self._passwords.hash(password)
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
                await session.flush()
                return account_of(row)
        except Conflict:
            raise Conflict("An account with this e-mail address exists") from None
