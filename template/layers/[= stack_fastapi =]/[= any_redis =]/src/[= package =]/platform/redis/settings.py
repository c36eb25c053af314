"""Settings of Redis."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from .url import url_problem


class RedisSettings(BaseSettings):
    """Where Redis is, and how long a request waits for it."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    redis_pool_size: int = Field(50, ge=1)
    redis_connect_seconds: float = Field(0.5, gt=0)
    redis_answer_seconds: float = Field(0.5, gt=0)

    @field_validator("redis_url")
    @classmethod
    def check_redis_url(cls, url: str) -> str:
        """Name a server that the driver can reach."""
        if problem := url_problem(url):
            raise ValueError(problem)
        return url
