"""The kind of a deployment, by which other settings are judged."""

from typing import Literal

from pydantic_settings import BaseSettings


class EnvironmentSettings(BaseSettings):
    """What is right for development may be wrong in production, and the reverse."""

    environment: Literal["development", "production", "test"] = "development"
