"""The rows of the outbox, as one relay among others takes them."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import bindparam, delete, select

from ..database import Database
from ..job_queue.envelope import Envelope
from .model import OutboxRow

AT_ONCE: Final = 100
OLDEST: Final = (
    select(OutboxRow.envelope)
    .where(OutboxRow.context == bindparam("context"))
    .order_by(OutboxRow.published_at, OutboxRow.number)
    .limit(AT_ONCE)
)


@asynccontextmanager
async def oldest(
    database: Database, contexts: Collection[str]
) -> AsyncIterator[Sequence[Envelope]]:
    """The oldest events of these contexts, which are deleted at the end.

    Nothing is locked meanwhile, for that would be the whole database: other relays take
    the same ones. With an error they stay. Raises Unavailable.
    """
    envelopes = [
        Envelope.model_validate(row[0])
        for context in contexts
        for row in await database.fetch(OLDEST, {"context": context})
    ]
    yield envelopes
    if envelopes:
        ids = [one.id for one in envelopes]
        async with database.transaction() as session:
            await session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))
