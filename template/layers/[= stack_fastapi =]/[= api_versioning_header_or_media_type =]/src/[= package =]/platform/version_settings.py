"""Settings of the versions that requests name."""

from pydantic import field_validator
from pydantic_settings import BaseSettings

from ..generated.versions import SERVED


class VersionSettings(BaseSettings):
    """Which version those mean who name none: the oldest, unless another one is set."""

    default_api_version: int = SERVED[0]

    @field_validator("default_api_version")
    @classmethod
    def _is_served(cls, version: int) -> int:
        if version not in SERVED:
            listed = ", ".join(map(str, SERVED))
            raise ValueError(f"has to be a version that is served: {listed}")
        return version
