"""Settings of Redis."""

import re
from typing import Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from .url import url_problem

# No colon: then no key of one prefix begins like those of another.
PREFIX: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")


class RedisSettings(BaseSettings):
    """Where Redis is, what is ours in it, and how long a request waits for it."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    redis_prefix: str = __name__.partition(".")[0]
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

    @field_validator("redis_prefix")
    @classmethod
    def check_redis_prefix(cls, prefix: str) -> str:
        """Tell our keys from those of others."""
        if not PREFIX.fullmatch(prefix):
            raise ValueError(
                "takes 1 to 100 letters, digits, dots, hyphens and underscores"
            )
        return prefix
