"""The payment of an order in the payments context."""

from ..payments.generated.port import Payment, PaymentCreate
from .contexts import Contexts
from .generated.schemas import Order


async def payment_of(contexts: Contexts, order: Order) -> Payment:
    """The order's payment, which is opened where it has none.

    An order has one payment in all. What is done to it holds for whoever is about to
    open it as well, or has opened it without hearing the answer.
    """
    return await contexts.payments.create_payment(
        PaymentCreate(order_id=order.id, amount=order.total, currency=order.currency)
    )
