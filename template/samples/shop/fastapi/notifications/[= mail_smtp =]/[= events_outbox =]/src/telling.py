"""Telling a customer what an event is about."""

from uuid import UUID

from .generated.schemas import NotificationCreate
from .keeping import kept
from .service import NotificationsService


async def tell(
    service: NotificationsService, notification_id: UUID, body: NotificationCreate
) -> None:
    """Keep the message and send it; one that was sent is not sent again.

    Whoever is killed between the two leaves it to the next delivery. Raises
    MailDelayed.
    """
    message = await kept(service, notification_id, body)
    if message.status == "queued":
        await service.send(message)
