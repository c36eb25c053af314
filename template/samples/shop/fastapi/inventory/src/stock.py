"""Changes of stock, each one conditional UPDATE within the caller's transaction.

Of every stock item, 0 <= reserved <= on hand. Products are changed in the order of
their ids, so that no two transactions wait for each other.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..platform.logging import get_logger
from .generated.model import StockItemRow

Quantities = Mapping[UUID, int]

AVAILABLE = StockItemRow.quantity_on_hand - StockItemRow.quantity_reserved

log = get_logger(__name__)


class Line(Protocol):
    """So many of a product."""

    product_id: UUID
    quantity: int


def summed(lines: Iterable[Line]) -> Quantities:
    """The quantity of each product, by product id; lines of the same one are added."""
    quantities: dict[UUID, int] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
    return dict(sorted(quantities.items()))


async def reserve(session: AsyncSession, quantities: Quantities) -> dict[UUID, int]:
    """Reserve each product; gives what is available of those that fall short."""
    short = []
    for product_id, quantity in quantities.items():
        changed = await session.scalar(
            update(StockItemRow)
            .where(StockItemRow.product_id == product_id, quantity <= AVAILABLE)
            .values(quantity_reserved=StockItemRow.quantity_reserved + quantity)
            .returning(StockItemRow.id)
        )
        if changed is None:
            short.append(product_id)
    if not short:
        return {}
    rows = await session.execute(
        select(StockItemRow.product_id, AVAILABLE).where(
            StockItemRow.product_id.in_(short)
        )
    )
    # of a product without stock item there is nothing
    return dict.fromkeys(short, 0) | {row[0]: row[1] for row in rows}


async def take_out(session: AsyncSession, quantities: Quantities) -> None:
    """Take reserved goods off the shelf."""
    await _change(session, quantities, on_hand=-1, reserved=-1)


async def free(session: AsyncSession, quantities: Quantities) -> None:
    """Reserve no longer what was reserved."""
    await _change(session, quantities, on_hand=0, reserved=-1)


async def put_back(session: AsyncSession, quantities: Quantities) -> None:
    """Return to the shelf what was taken out."""
    await _change(session, quantities, on_hand=1, reserved=0)


async def _change(
    session: AsyncSession, quantities: Quantities, *, on_hand: int, reserved: int
) -> None:
    """Add the quantities, times these factors."""
    for product_id, quantity in quantities.items():
        changed = await session.scalar(
            update(StockItemRow)
            .where(StockItemRow.product_id == product_id)
            .values(
                quantity_on_hand=StockItemRow.quantity_on_hand + on_hand * quantity,
                quantity_reserved=StockItemRow.quantity_reserved + reserved * quantity,
            )
            .returning(StockItemRow.id)
        )
        if changed is None:
            # somebody deleted the stock item after its goods had left
            log.warning("stock_item_missing", product=str(product_id))
