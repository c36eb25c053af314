"""Storing orders and ending them; customers are told, once it is done."""

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import ColumnElement

from ..notifications.generated.port import NotificationKind
from ..platform.errors import AppError
from ..platform.logging import get_logger
from .contexts import Contexts
from .generated.operations import OrdersOperations
from .generated.schemas import Order
from .messages import message_of
from .state import change

TOLD: Final[Mapping[str, NotificationKind]] = {
    "paid": "order_paid",
    "cancelled": "order_cancelled",
}

log = get_logger(__name__)


class OrderChanges(OrdersOperations):
    """The changes of an order that its customer hears of."""

    contexts: Contexts

    async def store(self, values: Mapping[str, object]) -> Order:
        """Store a new order."""
        order = await self.orders.create(values)
        await self._tell("order_placed", order)
        return order

    async def end(
        self,
        order: Order,
        condition: ColumnElement[bool],
        status: Literal["paid", "cancelled"],
    ) -> Order:
        """Give the order this status, if it meets the condition; the order as it is."""
        async with self.database.transaction() as session:
            is_changed = await change(session, order.id, condition, status=status)
        order = await self.get_order(order.id)
        if is_changed:
            await self._tell(TOLD[status], order)
        return order

    async def _tell(self, kind: NotificationKind, order: Order) -> None:
        """Tell the customer; an order never fails because that does."""
        try:
            customer = await self.contexts.users.get_user(order.customer_id)
            await self.contexts.notifications.create_notification(
                message_of(kind, order, customer.email)
            )
        except AppError as error:
            log.warning(
                "notification_lost", order=str(order.id), kind=kind, code=error.code
            )
