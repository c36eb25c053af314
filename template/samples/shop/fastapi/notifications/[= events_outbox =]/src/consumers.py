"""What notifications does about orders: it tells their customers."""

from typing import Final
from uuid import UUID, uuid5

from ..orders.events import OrderCancelled, OrderPaid, OrderPlaced
from ..platform.domain_events.consumer import Consumer, Delivery
from ..platform.errors import NotFound
from ..platform.logging import get_logger
from .messages import message_of
from .service import NotificationsService
from .telling import tell

# Ids of messages are made of the deliveries that they are about.
OF_DELIVERIES: Final = UUID("5c1e7a52-4f0f-4c53-9f0e-6a1b3f6f6f0d")

log = get_logger(__name__)


async def tell_customer(
    service: NotificationsService,
    event: OrderPlaced | OrderPaid | OrderCancelled,
    delivery: Delivery,
) -> None:
    """Tell the customer of an order what has happened to it."""
    try:
        customer = await service.contexts.users.get_user(event.customer_id)
    except NotFound:
        log.warning("customer_missing", order=str(event.order_id))
        return
    message = message_of(event, customer.email)
    await tell(service, uuid5(OF_DELIVERIES, delivery.id), message)


CONSUMERS = (
    Consumer[NotificationsService, OrderPlaced | OrderPaid | OrderCancelled](
        "notifications.tell_customer",
        (OrderPlaced, OrderPaid, OrderCancelled),
        tell_customer,
    ),
)
