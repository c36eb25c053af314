"""What customers are told about their orders."""

from typing import Final

from ..notifications.generated.port import NotificationCreate, NotificationKind
from .generated.schemas import Order

TEXTS: Final[dict[NotificationKind, tuple[str, str]]] = {
    "order_placed": (
        "We have your order",
        "Thank you. Order {id} awaits its payment.",
    ),
    "order_paid": (
        "Your order is paid",
        "Thank you. Order {id} is paid and on its way to {city}.",
    ),
    "order_cancelled": (
        "Your order is cancelled",
        "Order {id} is cancelled. What you paid for it is given back.",
    ),
}


def message_of(
    kind: NotificationKind, order: Order, recipient: str
) -> NotificationCreate:
    """The message to an e-mail address about what happened to an order."""
    subject, body = TEXTS[kind]
    return NotificationCreate(
        recipient=recipient,
        kind=kind,
        subject=subject,
        body=body.format(id=order.id, city=order.shipping_address.city),
    )
