"""Settings of the traces."""

import os

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import BaseSettings

# What the collectors of a platform tell every service.
STANDARD_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class TracingSettings(BaseSettings):
    """Where traces are sent, and which part of them; without an endpoint, none."""

    otlp_endpoint: HttpUrl | None = Field(
        default_factory=lambda: os.environ.get(STANDARD_ENDPOINT),
        validate_default=True,
    )
    trace_sample_ratio: float = Field(default=0.01, ge=0, le=1)

    @field_validator("otlp_endpoint", mode="before")
    @classmethod
    def _empty_sends_nothing(cls, value: object) -> object:
        return value or None
