"""Mail by SMTP, to one server, over a connection for each mail."""

import asyncio
import ssl
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Protocol

import aiosmtplib
from pydantic import SecretStr

from ..logging import get_logger
from .errors import MailDelayed, MailRefused
from .message import message_of
from .port import Mail

# RFC 5321, section 4.2.1: 5yz is for ever, 4yz is for now.
PERMANENT: Final = range(500, 600)

log = get_logger(__name__)


class ServerSettings(Protocol):
    """What the mailer needs of the settings."""

    @property
    def smtp_host(self) -> str: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def smtp_security(self) -> Literal["starttls", "tls", "none"]: ...
    @property
    def smtp_ca_file(self) -> Path | None: ...
    @property
    def smtp_username(self) -> str: ...
    @property
    def smtp_password(self) -> SecretStr: ...
    @property
    def smtp_seconds(self) -> float: ...
    @property
    def mail_from(self) -> str: ...
    @property
    def mail_from_name(self) -> str: ...


class SmtpMailer:
    """A Mailer that hands mails to a server. Logs name no recipient and no text."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings

    async def send(self, mail: Mail) -> None:
        """Return when the server has taken the mail; see Mailer."""
        settings = self._settings
        if not settings.smtp_host:
            log.error("mail_not_set_up", setting="SMTP_HOST")
            raise MailDelayed("There is no mail server")
        sender = Address(settings.mail_from_name, addr_spec=settings.mail_from)
        message = message_of(mail, sender)
        try:
            async with asyncio.timeout(settings.smtp_seconds):
                await aiosmtplib.send(
                    message,
                    hostname=settings.smtp_host,
                    port=settings.smtp_port,
                    username=settings.smtp_username or None,
                    password=settings.smtp_password.get_secret_value() or None,
                    use_tls=settings.smtp_security == "tls",
                    start_tls=settings.smtp_security == "starttls",
                    tls_context=self._tls,
                    timeout=settings.smtp_seconds,
                )
        except aiosmtplib.SMTPAuthenticationError as error:
            # nobody else's fault, and mended by the settings
            log.error("mail_login_refused", code=error.code)
            raise MailDelayed("The mail server refused the service") from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise _failure(max(codes, default=450)) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _failure(error.code) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            log.warning("mail_delayed", reason=type(error).__name__)
            raise MailDelayed("The mail server does not answer") from None

    @cached_property
    def _tls(self) -> ssl.SSLContext | None:
        """Whom to believe; nobody has to be where nothing is encrypted."""
        if self._settings.smtp_security == "none":
            return None
        return ssl.create_default_context(cafile=self._settings.smtp_ca_file)


def _failure(code: int) -> MailRefused | MailDelayed:
    """The error for a code of SMTP. Its text is not kept: it quotes the address."""
    if code in PERMANENT:
        log.warning("mail_refused", code=code)
        return MailRefused("The mail server refused the mail")
    log.warning("mail_delayed", code=code)
    return MailDelayed("The mail server takes no such mail now")
