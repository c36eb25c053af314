"""Settings of logins that go on."""

from pydantic import Field

from .settings import AuthSettings


class LoginSettings(AuthSettings):
    """How long a login lasts."""

    refresh_token_days: int = Field(default=30, ge=1, le=366)
