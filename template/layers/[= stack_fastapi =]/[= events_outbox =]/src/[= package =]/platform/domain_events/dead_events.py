"""Dead letters that are events: they hold up their aggregate until they are skipped."""

from typing import Final

from pydantic import ValidationError
from sqlalchemy import and_

from ..job_queue.envelope import Envelope
from ..job_queue.model import DeadLetterRow
from .message import Message

PAYLOAD: Final = DeadLetterRow.envelope["payload"]
IS_EVENT: Final = and_(
    *(PAYLOAD[name].as_string().is_not(None) for name in Message.model_fields)
)


def message_in(envelope: Envelope) -> Message | None:
    """The event that a dead letter is; None where it is a job."""
    try:
        return Message.model_validate(envelope.payload)
    except ValidationError:
        return None
