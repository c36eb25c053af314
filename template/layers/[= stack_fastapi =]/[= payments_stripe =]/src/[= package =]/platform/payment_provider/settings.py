"""Settings of Stripe: keys that move money, and those that only pretend to."""

import re
from typing import Annotated, Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from ..environment import EnvironmentSettings

KEY: Final = re.compile(r"(sk|rk)_(test|live)_\w+", re.ASCII)
WEBHOOK_SECRET: Final = re.compile(r"whsec_\S+")


class StripeSettings(EnvironmentSettings):
    """Where Stripe is, and the keys: live ones in production, and nowhere else."""

    stripe_api_url: str = "https://api.stripe.com"
    stripe_secret_key: SecretStr = Field(SecretStr(""), validate_default=True)
    stripe_webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), validate_default=True
    )

    @field_validator("stripe_api_url")
    @classmethod
    def check_stripe_api_url(cls, url: str, info: ValidationInfo) -> str:
        """Send keys over TLS; to a stand-in on this machine without."""
        is_production = info.data.get("environment") == "production"
        is_here = url.startswith(("http://127.0.0.1:", "http://localhost:"))
        if not url.startswith("https://") and (is_production or not is_here):
            raise ValueError("needs an https URL")
        return url.rstrip("/")

    @field_validator("stripe_secret_key")
    @classmethod
    def check_stripe_secret_key(
        cls, secret: SecretStr, info: ValidationInfo
    ) -> SecretStr:
        """Keep test and live keys apart."""
        key = secret.get_secret_value()
        is_production = info.data.get("environment") == "production"
        if not key and not is_production:
            return secret
        found = KEY.fullmatch(key)
        if not found:
            raise ValueError("needs a key of Stripe, which begins with sk_ or rk_")
        if is_production and found[2] == "test":
            raise ValueError("is a test key: production needs a live one")
        if not is_production and found[2] == "live":
            raise ValueError("is a live key: only production may move money")
        return secret

    @field_validator("stripe_webhook_secrets", mode="before")
    @classmethod
    def split_stripe_webhook_secrets(cls, value: object) -> object:
        """Take a list as the environment gives it: comma separated."""
        if not isinstance(value, str):
            return value
        return tuple(item.strip() for item in value.split(",") if item.strip())

    @field_validator("stripe_webhook_secrets")
    @classmethod
    def check_stripe_webhook_secrets(
        cls, secrets: tuple[SecretStr, ...], info: ValidationInfo
    ) -> tuple[SecretStr, ...]:
        """Believe nobody's webhooks by default, and in production Stripe's."""
        if not secrets and info.data.get("environment") == "production":
            raise ValueError("needs the signing secret of the webhook endpoint")
        for secret in secrets:
            if not WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
                raise ValueError("needs signing secrets, which begin with whsec_")
        return secrets
