"""What customers are told about their orders."""

from typing import Final

from ..orders.events import OrderCancelled, OrderPaid, OrderPlaced
from .generated.schemas import NotificationCreate, NotificationKind

TEXTS: Final[dict[str, tuple[NotificationKind, str, str]]] = {
    OrderPlaced.name: (
        "order_placed",
        "We have your order",
        "Thank you. Order {id} awaits its payment.",
    ),
    OrderPaid.name: (
        "order_paid",
        "Your order is paid",
        "Thank you. Order {id} is paid and on its way to {city}.",
    ),
    OrderCancelled.name: (
        "order_cancelled",
        "Your order is cancelled",
        "Order {id} is cancelled. What you paid for it is given back.",
    ),
}


def message_of(
    event: OrderPlaced | OrderPaid | OrderCancelled, recipient: str
) -> NotificationCreate:
    """The message to an e-mail address about what happened to an order."""
    kind, subject, body = TEXTS[event.name]
    return NotificationCreate(
        recipient=recipient,
        kind=kind,
        subject=subject,
        body=body.format(id=event.order_id, city=event.city),
    )
