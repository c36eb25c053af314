"""Settings of the cache."""

from pydantic import Field
from pydantic_settings import BaseSettings


class CacheSettings(BaseSettings):
    """How much is kept in memory."""

    cache_entries: int = Field(10_000, ge=1)
