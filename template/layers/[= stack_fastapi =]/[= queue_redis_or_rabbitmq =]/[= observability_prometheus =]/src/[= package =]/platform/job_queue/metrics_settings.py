"""Where a worker shows its metrics."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from ..addresses import is_injected_port


class WorkerMetricsSettings(BaseSettings):
    """The port, unless nobody asks; 0 is any that is free."""

    worker_metrics_port: int | None = Field(None, ge=0, le=65535)

    @field_validator("worker_metrics_port", mode="before")
    @classmethod
    def pass_over_injected_metrics_port(cls, port: object) -> object:
        """Take the default where the variable is empty or not ours."""
        return None if port == "" or is_injected_port(port) else port
