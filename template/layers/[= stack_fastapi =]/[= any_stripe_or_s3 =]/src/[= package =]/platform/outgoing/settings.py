"""Settings of calls to third parties."""

from pydantic import Field
from pydantic_settings import BaseSettings


class OutgoingSettings(BaseSettings):
    """How long a third party may take, and how much it is asked."""

    outgoing_attempt_seconds: float = Field(8, gt=0, allow_inf_nan=False)
    outgoing_total_seconds: float = Field(20, gt=0, allow_inf_nan=False)
    outgoing_attempts: int = Field(3, ge=1, le=10)
    outgoing_retry_share: float = Field(0.2, ge=0, le=1)
    outgoing_calls_per_second: float = Field(25, gt=0, allow_inf_nan=False)
