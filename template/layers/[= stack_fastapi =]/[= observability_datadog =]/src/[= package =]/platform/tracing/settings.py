"""Settings of the traces, and of the tags by which Datadog knows the service."""

import os
from typing import Final

from pydantic import Field, HttpUrl, field_validator

from ..environment import EnvironmentSettings

SERVICE: Final = (__package__ or "").partition(".")[0]
# What the collectors of a platform tell every service.
STANDARD_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
# What Datadog's own tracers are told.
AGENT_HOST: Final = "DD_AGENT_HOST"
SAMPLE_RATE: Final = "DD_TRACE_SAMPLE_RATE"
# Where the Agent takes OTLP over HTTP.
AGENT_PORT: Final = 4318


def usual_endpoint() -> str | None:
    """The URL that the platform says; None where it says none."""
    if endpoint := os.environ.get(STANDARD_ENDPOINT):
        return endpoint
    host = os.environ.get(AGENT_HOST)
    return f"http://{host}:{AGENT_PORT}" if host else None


class TracingSettings(EnvironmentSettings):
    """Where the Agent takes traces, and which part of them; without an Agent, none.

    What is not set here is what Datadog's own variable says, such as DD_SERVICE.
    """

    otlp_endpoint: HttpUrl | None = Field(
        default_factory=usual_endpoint, validate_default=True
    )
    trace_sample_ratio: float = Field(
        default_factory=lambda: os.environ.get(SAMPLE_RATE) or 0.01,
        ge=0,
        le=1,
        validate_default=True,
    )
    dd_service: str = Field(
        default_factory=lambda: os.environ.get("DD_SERVICE") or SERVICE, min_length=1
    )
    dd_env: str = Field(
        default_factory=lambda given: os.environ.get("DD_ENV") or given["environment"],
        min_length=1,
    )
    dd_version: str | None = Field(default_factory=lambda: os.environ.get("DD_VERSION"))

    @field_validator("otlp_endpoint", "dd_version", mode="before")
    @classmethod
    def _empty_is_not_set(cls, value: object) -> object:
        return value or None

    def tags(self, version: str) -> dict[str, str]:
        """What Datadog's unified tags say: service, env and version.

        `version` is the service's, for where none was set.
        """
        return {
            "service": self.dd_service,
            "env": self.dd_env,
            "version": self.dd_version or version,
        }
