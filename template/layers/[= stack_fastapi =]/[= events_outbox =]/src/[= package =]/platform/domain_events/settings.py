"""Settings of events."""

from pydantic import Field
from pydantic_settings import BaseSettings


class EventSettings(BaseSettings):
    """How long an outbox that was empty is left alone."""

    events_poll_seconds: float = Field(0.5, gt=0, le=3600)
