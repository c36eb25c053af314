"""Settings of the queues in Redis."""

from pydantic import Field
from pydantic_settings import BaseSettings


class EngineSettings(BaseSettings):
    """After how long another worker takes over what one that is silent had in hand."""

    job_reclaim_seconds: float = Field(10, ge=1)
