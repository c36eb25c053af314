"""The rules of the inventory context that a request can break."""

from ..platform.errors import Conflict


class InsufficientStock(Conflict):
    """Nothing is reserved unless there is enough of every product."""

    code = "insufficient_stock"


class ReservationDiffers(Conflict):
    """An order has one reservation; its lines never change."""

    code = "reservation_differs"


class ReservationExpired(Conflict):
    """A reservation is confirmed in time or not at all."""

    code = "reservation_expired"


class ReservationReleased(Conflict):
    """What was given back cannot be confirmed."""

    code = "reservation_released"


class StockReserved(Conflict):
    """There is never less on hand than is reserved."""

    code = "stock_reserved"
