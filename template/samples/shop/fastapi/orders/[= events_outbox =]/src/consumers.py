"""What orders does about payments: it finishes what they make possible or necessary."""

from ..payments.events import PaymentRefunded, PaymentSucceeded
from ..platform.domain_events.consumer import Consumer, Delivery
from ..platform.errors import NotFound
from ..platform.logging import get_logger
from .service import OrdersService

log = get_logger(__name__)


async def follow_payment(
    service: OrdersService,
    event: PaymentSucceeded | PaymentRefunded,
    delivery: Delivery,
) -> None:
    """Hand over what is paid for; an order whose money went back is cancelled.

    Both may be repeated, and both wait for the rules of orders: what cannot be handed
    over any more is cancelled and refunded.
    """
    try:
        if isinstance(event, PaymentSucceeded):
            await service.settle(event.order_id)
        else:
            await service.cancel_order(event.order_id)
    except NotFound:
        # a payment that somebody opened without an order
        log.warning("payment_of_no_order", order=str(event.order_id))


CONSUMERS = (
    Consumer[OrdersService, PaymentSucceeded | PaymentRefunded](
        "orders.follow_payment",
        (PaymentSucceeded, PaymentRefunded),
        follow_payment,
    ),
)
