"""Use cases of the notifications context: messages to customers go out by mail."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from ..platform.columns import utc_now
from ..platform.database import Database
from ..platform.mailer.errors import MailDelayed, MailRefused
from ..platform.mailer.port import Mail
from .contexts import Contexts
from .generated.model import NotificationRow
from .generated.operations import NotificationsOperations
from .generated.schemas import Notification, NotificationCreate, NotificationStatus

# Longer than a request takes: whoever was about to send the message is so no more.
LEFT: Final = timedelta(minutes=1)
# RFC 5321, section 4.5.4.1: it is given up after 4 to 5 days.
GIVEN_UP: Final = timedelta(days=5)
AT_ONCE: Final = 100


class NotificationsService(NotificationsOperations):
    """Messages, each of which is stored first and sent then.

    The message is the key of its mail: one that is sent twice can be known as one.
    """

    def __init__(
        self,
        database: Database,
        contexts: Contexts,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(database, contexts)
        self.contexts = contexts
        self.now = now

    async def create_notification(self, body: NotificationCreate) -> Notification:
        """Store a message and send it; what no server takes now stays queued."""
        message = await super().create_notification(body)
        try:
            return await self.send(message)
        except MailDelayed:
            return message

    async def send(self, message: Notification) -> Notification:
        """Send a stored message; raises MailDelayed where no server takes it now."""
        mail = Mail(
            to=message.recipient,
            subject=message.subject,
            text=message.body,
            key=f"notification-{message.id}",
        )
        try:
            await self.contexts.mailer.send(mail)
        except MailRefused:
            return await self._note(message.id, "failed")
        return await self._note(message.id, "sent")

    async def left(self) -> Sequence[Notification]:
        """Messages that stayed queued, the one that was tried last at the end; 100."""
        query = (
            select(NotificationRow.id)
            .where(
                NotificationRow.status == "queued",
                NotificationRow.updated_at <= self.now() - LEFT,
            )
            .order_by(NotificationRow.updated_at)
            .limit(AT_ONCE)
        )
        async with self.database.transaction() as session:
            found = (await session.scalars(query)).all()
        return [await self.get_notification(each) for each in found]

    async def keep(self, message: Notification) -> Notification:
        """Leave a message for later that no server takes; it fails after 5 days."""
        is_old = self.now() - message.created_at > GIVEN_UP
        return await self._note(message.id, "failed" if is_old else "queued")

    async def _note(
        self, notification_id: UUID, status: NotificationStatus
    ) -> Notification:
        async with self.database.transaction() as session:
            await session.execute(
                update(NotificationRow)
                .where(NotificationRow.id == notification_id)
                .values(status=status)
            )
        return await self.get_notification(notification_id)
