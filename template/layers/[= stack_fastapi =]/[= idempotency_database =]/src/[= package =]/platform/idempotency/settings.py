"""Settings of the idempotency keys."""

from pydantic import Field
from pydantic_settings import BaseSettings


class IdempotencySettings(BaseSettings):
    """How long answers are kept, how large, and how long a repeated request waits."""

    idempotency_hours: int = Field(24, ge=0, le=24 * 31)
    idempotency_wait_seconds: float = Field(10, ge=0)
    idempotency_max_answer_bytes: int = Field(262_144, ge=0)
