"""Events that are given up, so that those after them go on."""

from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import bindparam, delete, select, text

from ..database import Database
from ..errors import Conflict, NotFound
from ..job_queue.dead_letters import DeadLetters
from ..job_queue.envelope import Envelope
from ..job_queue.model import DeadLetterRow
from .dead_events import message_in
from .gate import Gate, TooEarly
from .message import Message
from .model import OutboxRow, ParkedRow

SKIP: Final = f"python -m {__package__} skip"
DROP: Final = f"python -m {DeadLetters.__module__.rpartition('.')[0]} dead-letters drop"
PARKED: Final = select(ParkedRow.envelope).where(ParkedRow.id == bindparam("id"))
GO_ON_AT: Final = text(
    "INSERT INTO domain_events_consumed (context, consumer, source, aggregate, last)"
    " VALUES (:context, :consumer, :source, :aggregate, :before)"
    " ON CONFLICT (context, consumer, source, aggregate) DO UPDATE"
    " SET last = excluded.last WHERE domain_events_consumed.last < excluded.last"
)


async def skip(database_of: Callable[[str], Database], id: str) -> None:
    """Let later events of the aggregate pass by one that is a dead letter.

    It is forgotten as a dead letter, and sent no more. Raises NotFound where there is
    none with this id; Conflict where it is no event, or an earlier one is missing too.
    """
    row = await DeadLetters(database_of("job_queue")).read(id)
    if row is None:
        raise NotFound("No dead letter has this id")
    envelope = Envelope.model_validate(row.envelope)
    message = message_in(envelope)
    if message is None:
        raise Conflict(f"{envelope.name} {id} is a job and no event: {DROP} {id}")
    gate = Gate.of(envelope.name, message)
    try:
        async with database_of(envelope.context).transaction() as session:
            await gate.let_in(session, message.number)
    except TooEarly as early:
        raise Conflict(f"Skip an earlier event first: {early}") from early
    async with database_of(message.source).transaction() as session:
        await session.execute(delete(OutboxRow).where(OutboxRow.id == id))
    async with database_of("job_queue").transaction() as session:
        await session.execute(delete(DeadLetterRow).where(DeadLetterRow.id == id))


async def refuse_event(letters: DeadLetters, id: str | None) -> None:
    """Raise Conflict where the dead letter of this id is an event."""
    row = None if id is None else await letters.read(id)
    if row is not None and message_in(Envelope.model_validate(row.envelope)):
        raise Conflict(f"{row.name} {id} is an event; others wait for it: {SKIP} {id}")


async def go_on_with(databases: Collection[Database], id: str) -> None:
    """Give up what an event waits for, where the queue has lost it.

    Raises NotFound where no event with this id waits for an earlier one; Conflict where
    what it waited for was done or given up.
    """
    for database in databases:
        for row in await database.fetch(PARKED, {"id": id}):
            envelope = Envelope.model_validate(row[0])
            message = Message.model_validate(envelope.payload)
            gate = Gate.of(envelope.name, message)
            place = gate.place | {"before": message.number - 1}
            async with database.transaction() as session:
                done = await session.execute(GO_ON_AT, place)
            if not getattr(done, "rowcount", 0):
                raise Conflict(f"{envelope.name} {id} is next: it waits for a relay")
            return
    raise NotFound("No dead letter, and no event that waits, has this id")
