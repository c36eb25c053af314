"""What happens to orders."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from ..platform.domain_events.event import Event
from .generated.schemas import Order


class OfOrder(BaseModel):
    """The order that an event is about; its total is in the currency's minor unit."""

    order_id: UUID
    customer_id: UUID
    total: int
    currency: str
    city: str

    @property
    def aggregate(self) -> str:
        """The order: its events keep their order."""
        return str(self.order_id)

    @classmethod
    def of(cls, order: Order) -> Self:
        """The event, of this order."""
        return cls(
            order_id=order.id,
            customer_id=order.customer_id,
            total=order.total,
            currency=order.currency,
            city=order.shipping_address.city,
        )


class OrderPlaced(OfOrder, Event):
    """An order was stored; it awaits its payment."""

    name = "orders.placed"


class OrderPaid(OfOrder, Event):
    """The money of an order is there, and its goods are out of stock."""

    name = "orders.paid"


class OrderCancelled(OfOrder, Event):
    """An order is over; what there was of money and stock was given back."""

    name = "orders.cancelled"
