"""A job on its way: what is sent to the engine."""

from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue


class Envelope(BaseModel):
    """A job with its payload, and whose request it belongs to."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    payload: JsonValue
    priority: int
    attempt: int = 1
    request_id: str | None = None
    traceparent: str | None = None

    def again(self) -> Self:
        """The same job, for its next attempt."""
        return self.model_copy(update={"attempt": self.attempt + 1})

    @property
    def context(self) -> str:
        """The context whose workers take it."""
        return self.name.partition(".")[0]
