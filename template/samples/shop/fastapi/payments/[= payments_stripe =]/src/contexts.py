"""What payments needs of the service around it."""

from typing import Protocol

from ..platform.payment_provider.port import PaymentProvider


class Contexts(Protocol):
    """Who moves the money."""

    @property
    def payment_provider(self) -> PaymentProvider: ...
