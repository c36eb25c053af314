"""Settings of the queues in RabbitMQ."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

EXAMPLE = "amqp://NAME:PASSWORD@HOST:5672/"


class EngineSettings(BaseSettings):
    """Where RabbitMQ is, and how long a worker waits for it."""

    rabbitmq_url: str = "amqp://guest:guest@127.0.0.1:5672/"
    rabbitmq_connect_seconds: float = Field(2, gt=0)

    @field_validator("rabbitmq_url")
    @classmethod
    def check_rabbitmq_url(cls, url: str) -> str:
        """Name a server that the driver can reach."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(f"is no URL; it looks like {EXAMPLE}") from None
        if parts.scheme not in ("amqp", "amqps"):
            raise ValueError(f"has to begin with amqp:// or amqps://, like {EXAMPLE}")
        if not parts.hostname or port == 0:
            raise ValueError(f"needs a host and a port that exist, like {EXAMPLE}")
        return url
