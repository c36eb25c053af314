"""Webhooks: each event is taken once, together with what follows from it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, Protocol, runtime_checkable

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import utc_now
from ..database import Database
from ..errors import Unavailable
from ..logging import get_logger
from .model import DeliveryRow
from .port import PaymentChange, PaymentProvider

# Stripe delivers again for three days.
REMEMBERED: Final = timedelta(days=30)

log = get_logger(__name__)


@runtime_checkable
class PaymentListener(Protocol):
    """A context whose service is told about payments: it has this method."""

    database: Database

    async def payment_changed(
        self, change: PaymentChange, session: AsyncSession
    ) -> None:
        """Note a change, in the transaction of the session.

        Changes come in any order: a refund may come before the payment. What is raised
        rolls everything back, and the provider delivers again.
        """
        ...


class PaymentDeliveries:
    """Takes what the provider delivers, and tells it to those who listen."""

    def __init__(
        self,
        database: Database,
        provider: Callable[[], PaymentProvider],
        listeners: Sequence[PaymentListener],
    ) -> None:
        self._database = database
        self._provider = provider
        self._listeners = listeners

    async def take(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take a delivery; one that was taken before changes nothing.

        Raises DeliveryRefused for what is forged, changed or old, and Unavailable where
        nobody in this process listens: it was meant for another one.
        """
        change = self._provider().read_event(body, headers)
        if change is None:
            return
        if not self._listeners:
            log.error("payment_event_without_listener", kind=change.kind)
            raise Unavailable("Nobody here listens to payments")
        now = utc_now()
        async with self._database.transaction() as session:
            session.add(DeliveryRow(event_id=change.event_id, received_at=now))
            try:
                # a second one at the same moment waits here for the first
                await session.flush()
            except IntegrityError:
                await session.rollback()
                log.info("payment_event_repeated", event_id=change.event_id)
                return
            for listener in self._listeners:
                await self._tell(listener, change, session)
            forgotten = DeliveryRow.received_at < now - REMEMBERED
            await session.execute(delete(DeliveryRow).where(forgotten))
        log.info("payment_event", event_id=change.event_id, kind=change.kind)

    async def _tell(
        self, listener: PaymentListener, change: PaymentChange, session: AsyncSession
    ) -> None:
        """Tell a listener, in the event's transaction where they share a database.

        Elsewhere its transaction ends first: it is told twice rather than never.
        """
        if listener.database is self._database:
            await listener.payment_changed(change, session)
            return
        async with listener.database.transaction() as own:
            await listener.payment_changed(change, own)
