"""Settings of login and tokens."""

from typing import Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

# RFC 7518, section 3.2: an HS256 key has at least the size of the hash output.
SMALLEST_SECRET_BYTES: Final = 32
SERVICE: Final = (__package__ or "").partition(".")[0]


class AuthSettings(BaseSettings):
    """What signs the access tokens, and how long they live."""

    jwt_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    jwt_issuer: str = Field(default=SERVICE, min_length=1)
    jwt_audience: str = Field(default=SERVICE, min_length=1)
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)

    @field_validator("jwt_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value().encode()) < SMALLEST_SECRET_BYTES:
            raise ValueError(
                f"needs at least {SMALLEST_SECRET_BYTES} bytes; "
                "`make setup` writes a random one into .env.local"
            )
        return secret
