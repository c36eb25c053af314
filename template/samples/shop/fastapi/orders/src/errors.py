"""The rules of the orders context that a request can break."""

from ..platform.errors import Conflict


class CustomerUnknown(Conflict):
    """Somebody known buys."""

    code = "customer_unknown"


class ProductUnavailable(Conflict):
    """Only active products are sold."""

    code = "product_unavailable"


class MixedCurrencies(Conflict):
    """An order has one currency."""

    code = "mixed_currencies"


class OrderCancelled(Conflict):
    """A cancelled order is over."""

    code = "order_cancelled"


class ReservationExpired(Conflict):
    """An order is paid while its stock is reserved."""

    code = "reservation_expired"
