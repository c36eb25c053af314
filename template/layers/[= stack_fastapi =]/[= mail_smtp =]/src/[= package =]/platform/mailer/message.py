"""Mails as they travel (RFC 5322): one line a header, whatever anybody has written."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from ..columns import utc_now
from .errors import MailRefused
from .port import Mail


def message_of(mail: Mail, sender: Address) -> EmailMessage:
    """The message; raises MailRefused for an address or a header that is none."""
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = address_of(mail.to)
    message["Subject"] = line_of(mail.subject)
    if mail.reply_to is not None:
        message["Reply-To"] = address_of(mail.reply_to)
    message["Date"] = format_datetime(utc_now())
    digest = sha256(mail.key.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{sender.domain}>"
    # no answer to it by machines that say who is on holiday (RFC 3834)
    message["Auto-Submitted"] = "auto-generated"
    try:
        message.set_content(mail.text)
    except UnicodeEncodeError as error:
        raise MailRefused("The mail holds characters that no text has") from error
    return message


def address_of(text: str) -> Address:
    """One address, without a name; raises MailRefused.

    It is in ASCII: few servers take others, and nothing tells which.
    """
    try:
        address = Address(addr_spec=line_of(text))
    except (MessageError, ValueError, IndexError) as error:
        raise MailRefused("The mail has an address that is none") from error
    if not address.username or not address.domain or not text.isascii():
        raise MailRefused("The mail has an address that is none")
    return address


def line_of(text: str) -> str:
    """Text that stays in its header; raises MailRefused where it would begin others."""
    if not text or not text.isprintable():
        raise MailRefused("A header of the mail is not one line of text")
    return text
