"""Events that are given up, so that those after them go on."""

from collections.abc import Callable, Collection
from typing import Final

from pydantic import ValidationError
from sqlalchemy import bindparam, select, text

from ..database import Database
from ..errors import Conflict, NotFound
from ..job_queue.dead_letters import DeadLetters
from ..job_queue.envelope import Envelope
from .gate import Gate, TooEarly
from .message import Message
from .model import ParkedRow

PARKED: Final = select(ParkedRow.envelope).where(ParkedRow.id == bindparam("id"))
GO_ON_AT: Final = text(
    "INSERT INTO domain_events_consumed (context, consumer, source, aggregate, last)"
    " VALUES (:context, :consumer, :source, :aggregate, :before)"
    " ON CONFLICT (context, consumer, source, aggregate) DO UPDATE"
    " SET last = excluded.last WHERE domain_events_consumed.last < excluded.last"
)


async def skip(
    letters: DeadLetters, database_of: Callable[[str], Database], id: str
) -> None:
    """Let later events of the aggregate pass by one that is a dead letter.

    It is forgotten as a dead letter. Raises NotFound where there is none with this id;
    Conflict where it is no event, or an earlier one is missing too.
    """
    row = await letters.read(id)
    if row is None:
        raise NotFound("No dead letter has this id")
    envelope = Envelope.model_validate(row.envelope)
    try:
        message = Message.model_validate(envelope.payload)
    except ValidationError as error:
        raise Conflict(f"{envelope.name} {id} is a job and no event") from error
    gate = Gate.of(envelope.name, message)
    try:
        async with database_of(envelope.context).transaction() as session:
            await gate.let_in(session, message.number)
    except TooEarly as early:
        raise Conflict(f"Skip an earlier event first: {early}") from early
    await letters.drop(id)


async def go_on_with(databases: Collection[Database], id: str) -> None:
    """Give up what an event waits for, where the queue has lost it.

    Raises NotFound where no event with this id waits for an earlier one.
    """
    for database in databases:
        for row in await database.fetch(PARKED, {"id": id}):
            envelope = Envelope.model_validate(row[0])
            message = Message.model_validate(envelope.payload)
            gate = Gate.of(envelope.name, message)
            async with database.transaction() as session:
                await session.execute(
                    GO_ON_AT, gate.place | {"before": message.number - 1}
                )
            return
    raise NotFound("No event with this id waits for an earlier one")
