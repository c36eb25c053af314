"""Storing orders and ending them, each in one transaction with the event of it."""

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import ColumnElement

from ..platform.domain_events.outbox import publish
from .events import OrderCancelled, OrderPaid, OrderPlaced
from .generated.operations import OrdersOperations
from .generated.schemas import Order
from .state import change

TOLD: Final[Mapping[str, type[OrderPaid] | type[OrderCancelled]]] = {
    "paid": OrderPaid,
    "cancelled": OrderCancelled,
}


class OrderChanges(OrdersOperations):
    """The changes of an order that others hear of."""

    async def store(self, values: Mapping[str, object]) -> Order:
        """Store a new order."""
        async with self.database.transaction() as session:
            order = await self.orders.create(values, session=session)
            await publish(session, OrderPlaced.of(order))
        return order

    async def end(
        self,
        order: Order,
        condition: ColumnElement[bool],
        status: Literal["paid", "cancelled"],
    ) -> Order:
        """Give the order this status, if it meets the condition; the order as it is."""
        async with self.database.transaction() as session:
            if await change(session, order.id, condition, status=status):
                await publish(session, TOLD[status].of(order))
        return await self.get_order(order.id)
