"""Settings of the object storage in a folder."""

from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

SMALLEST_SECRET_BYTES: Final = 32


class StorageSettings(BaseSettings):
    """Where the objects are, and what signs the URLs to them."""

    storage_folder: Path = Path("var/storage")
    storage_public_url: str = "http://127.0.0.1:8000"
    storage_secret: SecretStr = Field(SecretStr(""), validate_default=True)
    storage_max_bytes: int = Field(10_485_760, ge=0)
    storage_url_minutes: float = Field(15, gt=0, le=7 * 24 * 60)

    @field_validator("storage_secret")
    @classmethod
    def check_storage_secret(cls, secret: SecretStr) -> SecretStr:
        """Sign with what nobody guesses."""
        if len(secret.get_secret_value().encode()) < SMALLEST_SECRET_BYTES:
            raise ValueError(
                f"needs at least {SMALLEST_SECRET_BYTES} bytes; "
                "`make setup` writes a random one into .env.local"
            )
        return secret

    @field_validator("storage_public_url")
    @classmethod
    def check_storage_public_url(cls, url: str) -> str:
        """Name what callers can reach."""
        if not url.startswith(("http://", "https://")):
            raise ValueError("needs an http or https URL")
        return url.rstrip("/")
