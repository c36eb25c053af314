"""Use cases of the inventory context: reservations never promise more than there is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import BigInteger, ColumnElement, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..platform.columns import UtcDateTime, utc_now
from ..platform.database import Database
from ..platform.errors import Conflict, FieldError
from . import stock
from .errors import (
    InsufficientStock,
    ReservationDiffers,
    ReservationExpired,
    ReservationReleased,
    StockReserved,
)
from .generated.model import ReservationRow, StockItemRow
from .generated.operations import InventoryOperations
from .generated.schemas import (
    Reservation,
    ReservationCreate,
    ReservationLine,
    ReservationStatus,
    StockItem,
    StockItemPatch,
)

RESERVATION_TIME: Final = timedelta(minutes=15)

DUE: Final = (
    select(ReservationRow.id)
    .where(
        ReservationRow.status == "active",
        ReservationRow.expires_at <= bindparam("now", type_=UtcDateTime()),
    )
    .order_by(ReservationRow.expires_at)
    .limit(bindparam("limit", type_=BigInteger()))
)


class InventoryService(InventoryOperations):
    """Stock and its reservations.

    Who changes a reservation's status, by a conditional UPDATE, also changes the stock,
    in the same transaction: any number of processes may do so at the same time.
    """

    def __init__(
        self,
        database: Database,
        contexts: object,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(database, contexts)
        self.now = now

    async def update_stock_item(
        self, stock_item_id: UUID, body: StockItemPatch
    ) -> StockItem:
        """Record a count; raises StockReserved when more than that is reserved."""
        counted = body.quantity_on_hand
        if counted is MISSING:
            return await self.get_stock_item(stock_item_id)
        async with self.database.transaction() as session:
            changed = await session.scalar(
                update(StockItemRow)
                .where(
                    StockItemRow.id == stock_item_id,
                    StockItemRow.quantity_reserved <= counted,
                )
                .values(quantity_on_hand=counted)
                .returning(StockItemRow.id)
            )
        item = await self.get_stock_item(stock_item_id)
        if changed is None:
            message = f"{item.quantity_reserved} are reserved."
            broken = FieldError("/body/quantityOnHand", message, StockReserved.code)
            raise StockReserved("More than this is reserved.", errors=[broken])
        return item

    async def delete_stock_item(self, stock_item_id: UUID) -> None:
        """Keep stock no longer; raises StockReserved while some is reserved."""
        async with self.database.transaction() as session:
            deleted = await session.scalar(
                delete(StockItemRow)
                .where(
                    StockItemRow.id == stock_item_id,
                    StockItemRow.quantity_reserved == 0,
                )
                .returning(StockItemRow.id)
            )
        if deleted is None:
            item = await self.get_stock_item(stock_item_id)
            raise StockReserved(f"{item.quantity_reserved} are reserved.")

    async def reserve_stock(self, body: ReservationCreate) -> Reservation:
        """Reserve all lines for 15 minutes, or none; once for each order.

        Raises InsufficientStock, ReservationDiffers.
        """
        if (known := await self._of_order(body)) is not None:
            return known
        try:
            return await self._reserve(body)
        except InsufficientStock:
            # expired reservations are looked for only when their stock is missed
            if not await self.expire_due():
                raise
        except Conflict:
            # the same order at the same moment: now its reservation is found
            pass
        return await self.reserve_stock(body)

    async def confirm_reservation(self, reservation_id: UUID) -> Reservation:
        """Take the goods out of stock.

        Raises ReservationExpired, ReservationReleased.
        """
        reservation = await self.get_reservation(reservation_id)
        async with self.database.transaction() as session:
            if await _change_status(
                session,
                reservation_id,
                "confirmed",
                ReservationRow.status == "active",
                ReservationRow.expires_at > self.now(),
            ):
                await stock.take_out(session, stock.summed(reservation.lines))
        reservation = await self.get_reservation(reservation_id)
        if reservation.status == "confirmed":
            return reservation
        if reservation.status == "released":
            raise ReservationReleased("The reservation was released.")
        await self._expire(reservation_id)
        raise ReservationExpired("The reservation has expired.")

    async def release_reservation(self, reservation_id: UUID) -> Reservation:
        """Give the stock back, from the reservation or to the shelf."""
        reservation = await self.get_reservation(reservation_id)
        quantities = stock.summed(reservation.lines)
        async with self.database.transaction() as session:
            if await _change_status(
                session, reservation_id, "released", ReservationRow.status == "active"
            ):
                await stock.free(session, quantities)
            elif await _change_status(
                session,
                reservation_id,
                "released",
                ReservationRow.status == "confirmed",
            ):
                await stock.put_back(session, quantities)
        return await self.get_reservation(reservation_id)

    async def expire_due(self, limit: int = 100) -> int:
        """Expire the oldest reservations past their time; how many were due."""
        due = await self.database.fetch(DUE, {"now": self.now(), "limit": limit})
        for (reservation_id,) in due:
            await self._expire(cast(UUID, reservation_id))
        return len(due)

    async def _of_order(self, body: ReservationCreate) -> Reservation | None:
        """The reservation that the order has; raises ReservationDiffers."""
        found = await self.reservations.list(
            limit=1, filters={"order_id": body.order_id}
        )
        if not found.items:
            return None
        reservation = found.items[0]
        if stock.summed(reservation.lines) != stock.summed(body.lines):
            raise ReservationDiffers("The order has a reservation of other lines.")
        return reservation

    async def _reserve(self, body: ReservationCreate) -> Reservation:
        values = {
            "order_id": body.order_id,
            "lines": [
                ReservationLine(product_id=line.product_id, quantity=line.quantity)
                for line in body.lines
            ],
            "status": "active",
            "expires_at": self.now() + RESERVATION_TIME,
        }
        async with self.database.transaction() as session:
            reservation = await self.reservations.create(values, session=session)
            available = await stock.reserve(session, stock.summed(body.lines))
            if available:
                raise _insufficient(body, available)
        return reservation

    async def _expire(self, reservation_id: UUID) -> None:
        """Mark it as expired and free its stock, if it is due and nobody has yet."""
        reservation = await self.get_reservation(reservation_id)
        async with self.database.transaction() as session:
            if await _change_status(
                session,
                reservation_id,
                "expired",
                ReservationRow.status == "active",
                ReservationRow.expires_at <= self.now(),
            ):
                await stock.free(session, stock.summed(reservation.lines))


async def _change_status(
    session: AsyncSession,
    reservation_id: UUID,
    status: ReservationStatus,
    *conditions: ColumnElement[bool],
) -> bool:
    """Whether the reservation met the conditions and has the status now."""
    changed = await session.scalar(
        update(ReservationRow)
        .where(ReservationRow.id == reservation_id, *conditions)
        .values(status=status)
        .returning(ReservationRow.id)
    )
    return changed is not None


def _insufficient(
    body: ReservationCreate, available: stock.Quantities
) -> InsufficientStock:
    """The refusal, with a pointer to every line of a product that falls short."""
    errors = [
        FieldError(
            f"/body/lines/{index}/quantity",
            _are_available(available[line.product_id]),
            InsufficientStock.code,
        )
        for index, line in enumerate(body.lines)
        if line.product_id in available
    ]
    products = "1 product" if len(available) == 1 else f"{len(available)} products"
    return InsufficientStock(f"There is too little stock of {products}.", errors=errors)


def _are_available(quantity: int) -> str:
    return "1 is available." if quantity == 1 else f"{quantity} are available."
