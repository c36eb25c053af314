"""The rows of the outbox, as one relay among others takes them."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import delete, select

from ..database import Database
from ..job_queue.envelope import Envelope
from .model import OutboxRow

AT_ONCE: Final = 100


@asynccontextmanager
async def oldest(
    database: Database, contexts: Collection[str]
) -> AsyncIterator[Sequence[Envelope]]:
    """The oldest events of these contexts, which are deleted at the end.

    Until then they are locked: other relays take later ones. With an error they stay.
    Raises Unavailable.
    """
    query = (
        select(OutboxRow.envelope)
        .where(OutboxRow.context.in_(contexts))
        .order_by(OutboxRow.published_at, OutboxRow.number)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    async with database.transaction() as session:
        found = (await session.scalars(query)).all()
        envelopes = [Envelope.model_validate(one) for one in found]
        yield envelopes
        if envelopes:
            ids = [one.id for one in envelopes]
            await session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))
