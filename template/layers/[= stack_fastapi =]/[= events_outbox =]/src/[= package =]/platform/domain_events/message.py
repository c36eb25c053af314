"""An event on its way: the payload of the job that its consumer is."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from .event import Event


class Message(BaseModel):
    """An event with its place among those of its aggregate, for one consumer.

    `number` counts from 1 without a gap.
    """

    model_config = ConfigDict(frozen=True)

    event: str
    aggregate: str
    number: int
    published_at: AwareDatetime
    payload: JsonValue

    @classmethod
    def of(cls, event: Event, number: int, published_at: datetime) -> "Message":
        """The message that tells of an event."""
        return cls(
            event=event.name,
            aggregate=event.aggregate,
            number=number,
            published_at=published_at,
            payload=event.model_dump(mode="json"),
        )

    @property
    def source(self) -> str:
        """The context that published it."""
        return self.event.partition(".")[0]
