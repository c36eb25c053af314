"""The payment provider: what is asked of it, and a stand-in without a network."""

from typing import Final, Protocol
from uuid import UUID

from .errors import PaymentDeclined
from .generated.schemas import Currency

DECLINED: Final = "_declined"


class PaymentProvider(Protocol):
    """Moves money; every call may be repeated with the same outcome."""

    async def open(self, order_id: UUID, amount: int, currency: Currency) -> str:
        """Announce an amount in minor units; gives the provider's reference."""
        ...

    async def charge(self, reference: str, payment_method: str) -> None:
        """Take the amount, once; raises PaymentDeclined."""
        ...

    async def void(self, reference: str) -> None:
        """Never charge it from now on; what was charged is given back."""
        ...

    async def refund(self, reference: str) -> None:
        """Give back what was charged."""
        ...


class FakeProvider:
    """A provider that takes every payment method but those that end in `_declined`.

    It remembers nothing: the payments table does.
    """

    async def open(self, order_id: UUID, amount: int, currency: Currency) -> str:
        return f"pi_{order_id.hex}"

    async def charge(self, reference: str, payment_method: str) -> None:
        if payment_method.endswith(DECLINED):
            raise PaymentDeclined("The card was declined.")

    async def void(self, reference: str) -> None:
        return None

    async def refund(self, reference: str) -> None:
        return None
