"""Sends the mails to accounts; whoever asked for one is not there any more."""

from typing import Final
from uuid import UUID

from ..auth.directory import BY_EMAIL, BY_ID, Directory, normal
from ..auth.random_secrets import secret_hash
from ..database import Database
from ..logging import get_logger
from ..mailer.errors import MailDelayed, MailRefused
from ..mailer.port import Mail, Mailer
from . import texts
from .resets import Resets
from .settings import AccountMailSettings
from .welcomes import Welcomes

# It is the server then that takes none.
MOST_DELAYED: Final = 3

log = get_logger(__name__)


class AccountMails:
    """The mails to the accounts of a directory; `database` has what is to be sent."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        mailer: Mailer,
        settings: AccountMailSettings,
    ) -> None:
        self.resets = Resets(database, settings.password_reset_minutes)
        self.welcomes = Welcomes(database)
        self._directory = directory
        self._mailer = mailer
        self._page = settings.password_reset_url
        self._minutes = settings.password_reset_minutes

    async def send_reset(self, email: str, request_id: str) -> None:
        """Send a link to the account with an address, if there is one.

        The same request may come again: it sends no second mail once it has noted the
        first. The token exists in the mail only, so that what comes again before that
        has a new one, and the last mail counts. Raises MailDelayed.
        """
        account = await self._directory.find(BY_EMAIL, normal(email))
        if account is None:
            return
        token = await self.resets.begin(account.id, request_id)
        if token is None:
            return
        mail = Mail(
            to=account.email,
            subject=texts.RESET_SUBJECT,
            text=texts.RESET_TEXT.format(
                email=account.email,
                link=f"{self._page}#token={token}",
                minutes=self._minutes,
            ),
            key=f"password-reset-{secret_hash(token)}",
        )
        try:
            await self._mailer.send(mail)
        except MailRefused:
            self._log_refused("password_reset", account.id)
            return
        await self.resets.sent(account.id, request_id)

    async def send_welcome(self, account_id: UUID) -> None:
        """Welcome an account that nobody has begun to welcome.

        Raises MailDelayed, and leaves it to `send_left` then.
        """
        if await self.welcomes.take(account_id):
            await self._welcome(account_id)

    async def send_left(self) -> None:
        """Send the welcomes that nobody has sent, until the server takes none."""
        delayed = 0
        for account_id in await self.welcomes.left():
            if not await self.welcomes.take_again(account_id):
                continue
            try:
                await self._welcome(account_id)
            except MailDelayed:
                delayed += 1
                if delayed == MOST_DELAYED:
                    return

    async def _welcome(self, account_id: UUID) -> None:
        account = await self._directory.find(BY_ID, account_id)
        if account is not None:
            mail = Mail(
                to=account.email,
                subject=texts.WELCOME_SUBJECT,
                text=texts.WELCOME_TEXT.format(email=account.email),
                key=f"welcome-{account_id}",
            )
            try:
                await self._mailer.send(mail)
            except MailRefused:
                self._log_refused("welcome", account_id)
        await self.welcomes.done(account_id)

    def _log_refused(self, mail: str, account_id: UUID) -> None:
        account = self._directory.pseudonyms.of(str(account_id))
        log.warning("account_mail_refused", mail=mail, account=account)
