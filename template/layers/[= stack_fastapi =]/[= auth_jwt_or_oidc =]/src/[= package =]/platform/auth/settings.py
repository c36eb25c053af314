"""Settings of the tokens that the service signs itself."""

from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

# RFC 7518, section 3.2: an HS256 key has at least the size of the hash output.
SMALLEST_SECRET_BYTES: Final = 32
# A random secret of that size has more, written in hexadecimal too.
FEWEST_CHARACTERS: Final = 10
SERVICE: Final = (__package__ or "").partition(".")[0]


class AuthSettings(BaseSettings):
    """What signs the access tokens, whose are accepted, and how long they are good."""

    jwt_secret: SecretStr = Field(default=SecretStr(""), validate_default=True)
    jwt_accepted_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    jwt_issuer: str = Field(default=SERVICE, min_length=1)
    jwt_audience: str = Field(default=SERVICE, min_length=1)
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)

    @field_validator("jwt_accepted_secrets", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(item.strip() for item in value.split(",") if item.strip())

    @field_validator("jwt_secret")
    @classmethod
    def _is_strong(cls, secret: SecretStr) -> SecretStr:
        _check_strength(secret)
        return secret

    @field_validator("jwt_accepted_secrets")
    @classmethod
    def _are_strong(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in secrets:
            _check_strength(secret)
        return secrets


def _check_strength(secret: SecretStr) -> None:
    text = secret.get_secret_value()
    if len(text.encode()) < SMALLEST_SECRET_BYTES:
        raise ValueError(
            f"needs at least {SMALLEST_SECRET_BYTES} bytes; "
            "`make setup` writes a random one into .env.local"
        )
    if len(set(text)) < FEWEST_CHARACTERS:
        raise ValueError("is too regular to be a secret: take a random one")
