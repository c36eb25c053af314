"""Use cases of the notifications context: messages to customers go out by mail."""

from uuid import UUID

from sqlalchemy import update

from ..platform.database import Database
from ..platform.mailer.errors import MailDelayed, MailRefused
from ..platform.mailer.port import Mail
from .contexts import Contexts
from .generated.model import NotificationRow
from .generated.operations import NotificationsOperations
from .generated.schemas import Notification, NotificationCreate, NotificationStatus


class NotificationsService(NotificationsOperations):
    """Messages, each of which is stored first and sent then."""

    def __init__(self, database: Database, contexts: Contexts) -> None:
        super().__init__(database, contexts)
        self.contexts = contexts

    async def create_notification(self, body: NotificationCreate) -> Notification:
        """Store a message and send it; what no server takes now stays queued."""
        message = await super().create_notification(body)
        mail = Mail(
            to=message.recipient,
            subject=message.subject,
            text=message.body,
            key=f"notification-{message.id}",
        )
        try:
            await self.contexts.mailer.send(mail)
        except MailDelayed:
            return message
        except MailRefused:
            return await self._note(message.id, "failed")
        return await self._note(message.id, "sent")

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
