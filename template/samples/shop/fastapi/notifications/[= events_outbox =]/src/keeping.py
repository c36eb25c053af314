"""Messages whose id is known before they are stored."""

from uuid import UUID

from ..platform.errors import Conflict
from ..platform.repository import values_of
from .generated.schemas import Notification, NotificationCreate
from .service import NotificationsService


async def kept(
    service: NotificationsService, notification_id: UUID, body: NotificationCreate
) -> Notification:
    """The message of this id as it is stored, if need be now."""
    known = await service.notifications.find(notification_id)
    if known is not None:
        return known
    values = values_of(body) | {"id": notification_id}
    try:
        return await service.notifications.create(values)
    except Conflict:
        # somebody else stored it at the same moment
        return await service.get_notification(notification_id)
