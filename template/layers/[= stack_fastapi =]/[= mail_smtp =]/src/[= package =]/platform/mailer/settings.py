"""Settings of the mail server."""

from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from ..environment import EnvironmentSettings


class MailSettings(EnvironmentSettings):
    """Which server sends the mail, who the service is there, and whom it is from."""

    smtp_host: str = Field("", validate_default=True)
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: Path | None = None
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_seconds: float = Field(10, gt=0, allow_inf_nan=False)
    mail_from: str = "no-reply@localhost"
    mail_from_name: str = ""

    @field_validator("smtp_host")
    @classmethod
    def check_smtp_host(cls, host: str, info: ValidationInfo) -> str:
        """Name a server; where people develop, mail may be left out."""
        if not host and info.data.get("environment") == "production":
            raise ValueError("needs the name of a mail server")
        if any(sign in host for sign in "/@ ") or not host.isprintable():
            raise ValueError("is no name of a server")
        return host

    @field_validator("smtp_ca_file")
    @classmethod
    def check_smtp_ca_file(cls, path: Path | None) -> Path | None:
        """Trust certificates that are there."""
        if path is not None and not path.is_file():
            raise ValueError("there is no such file")
        return path

    @field_validator("smtp_password")
    @classmethod
    def check_smtp_password(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """Send passwords encrypted, unless they stay on this machine."""
        given = bool(secret.get_secret_value())
        if given != bool(info.data.get("smtp_username")):
            raise ValueError("needs SMTP_USERNAME beside it, and the reverse")
        is_plain = info.data.get("smtp_security") == "none"
        if given and is_plain and not _is_here(info.data.get("smtp_host", "")):
            raise ValueError("would be sent in clear: set SMTP_SECURITY")
        return secret

    @field_validator("mail_from")
    @classmethod
    def check_mail_from(cls, address: str) -> str:
        """Send from an address, whose name is a setting of its own."""
        try:
            parsed = Address(addr_spec=address)
        except (MessageError, ValueError, IndexError):
            parsed = Address()
        if not parsed.username or not parsed.domain or not address.isascii():
            raise ValueError("is no address like no-reply@shop.example")
        return address

    @field_validator("mail_from_name")
    @classmethod
    def check_mail_from_name(cls, name: str) -> str:
        """Keep to one line."""
        if not name.isprintable():
            raise ValueError("is one line of printable characters")
        return name


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
