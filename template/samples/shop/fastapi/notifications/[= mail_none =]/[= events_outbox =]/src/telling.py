"""Telling a customer what an event is about."""

from uuid import UUID

from .generated.schemas import NotificationCreate
from .keeping import kept
from .service import NotificationsService


async def tell(
    service: NotificationsService, notification_id: UUID, body: NotificationCreate
) -> None:
    """Keep the message; once, however often it is told."""
    await kept(service, notification_id, body)
