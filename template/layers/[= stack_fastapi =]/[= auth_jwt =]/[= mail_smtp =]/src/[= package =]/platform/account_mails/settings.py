"""Settings of mails to accounts."""

from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from ..environment import EnvironmentSettings


class AccountMailSettings(EnvironmentSettings):
    """Where people set a new password, for how long, and who is welcomed."""

    password_reset_url: str = Field(
        "http://localhost:3000/reset", validate_default=True
    )
    password_reset_minutes: int = Field(30, ge=5, le=24 * 60)
    welcome_mails: bool = True

    @field_validator("password_reset_url")
    @classmethod
    def check_password_reset_url(cls, url: str, info: ValidationInfo) -> str:
        """Name a page; whoever reads its requests on the way could set passwords."""
        is_plain = url.isascii() and url.isprintable() and " " not in url
        try:
            parts = urlsplit(url)
            is_page = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_page = False
        if not (is_plain and is_page) or parts.scheme not in ("http", "https"):
            raise ValueError("has to be like https://app.example.com/reset")
        if "@" in parts.netloc or "#" in url:
            raise ValueError("takes no name and no fragment: that holds the token")
        if info.data.get("environment") == "production" and parts.scheme != "https":
            raise ValueError("in production, needs the https URL of your page")
        return url
