"""What is asked of whoever sends mail."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person, in plain text.

    The key says what it is about, like `order-7-paid`. It becomes the `Message-ID`, by
    which mailboxes know a mail that comes twice.
    """

    to: str
    subject: str
    text: str
    key: str
    reply_to: str | None = None


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Return when a server has taken the mail.

        Raises MailRefused for what will not be taken later either, and MailDelayed for
        what may be; after that one it may have been taken all the same.
        """
        ...
