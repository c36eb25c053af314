"""Settings of the issuer, and of logins through it."""

from ipaddress import ip_address
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from .principal import ROLES
from .settings import AuthSettings

SERVICE: Final = (__package__ or "").partition(".")[0]
# Signatures of a key pair: with a shared secret, whoever checks could sign as well.
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)


class IssuerSettings(BaseSettings):
    """Whose tokens are accepted, and what of them."""

    # before what depends on it
    environment: Literal["development", "production", "test"] = "development"
    oidc_issuer: str = Field(default="", validate_default=True)
    oidc_audience: str = Field(default=SERVICE, min_length=1)
    oidc_algorithms: Annotated[tuple[str, ...], NoDecode] = (
        "RS256",
        "ES256",
        "EdDSA",
    )
    oidc_clock_skew_seconds: int = Field(default=60, ge=0, le=300)
    oidc_roles_claim: str = Field(default="roles", pattern=r"^[^.]+(\.[^.]+)*$")
    oidc_role_names: Annotated[dict[str, str], NoDecode] = {}
    oidc_keys_seconds: int = Field(default=3600, ge=60)
    oidc_keys_without_issuer_seconds: int = Field(default=86400, ge=0)
    oidc_timeout_seconds: float = Field(default=3, gt=0, le=30)
    oidc_addresses_verified: bool = False
    oidc_link_by_email: bool = False

    @field_validator("oidc_issuer")
    @classmethod
    def check_issuer(cls, issuer: str, info: ValidationInfo) -> str:
        """Name an issuer whose answers nobody on the way can change."""
        if problem := url_problem(issuer, info.data.get("environment")):
            raise ValueError(problem)
        return issuer

    @field_validator("oidc_algorithms", mode="before")
    @classmethod
    def split_algorithms(cls, value: object) -> object:
        """Take a list as the environment gives it: comma separated."""
        if not isinstance(value, str):
            return value
        return tuple(item.strip() for item in value.split(",") if item.strip())

    @field_validator("oidc_algorithms")
    @classmethod
    def check_algorithms(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Accept signatures of key pairs only."""
        if not names or any(name not in ALGORITHMS for name in names):
            raise ValueError(f"has to be some of {', '.join(ALGORITHMS)}")
        return names

    @field_validator("oidc_role_names", mode="before")
    @classmethod
    def split_role_names(cls, value: object) -> object:
        """Take pairs as the environment gives them: `shop-admins=ADMIN,staff=USER`."""
        if not isinstance(value, str):
            return value
        pairs = (item.rpartition("=") for item in value.split(",") if item.strip())
        return {name.strip(): role.strip() for name, _, role in pairs}

    @field_validator("oidc_role_names")
    @classmethod
    def check_role_names(cls, names: dict[str, str]) -> dict[str, str]:
        """Give roles that there are."""
        if any(not name or role not in ROLES for name, role in names.items()):
            raise ValueError(f"has to be like staff=USER, with {', '.join(ROLES)}")
        return names


class OidcSettings(IssuerSettings, AuthSettings):
    """How browsers log in through the issuer."""

    oidc_client_id: str = Field(default=f"{SERVICE}-login", min_length=1)
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: str = Field(default="openid profile email", pattern=r"\bopenid\b")
    oidc_session_hours: int = Field(default=12, ge=1, le=31 * 24)
    public_url: str = "http://127.0.0.1:8000"

    @field_validator("oidc_client_id")
    @classmethod
    def check_client_id(cls, client_id: str, info: ValidationInfo) -> str:
        """Tell ID tokens, which are for the client, from access tokens."""
        if client_id == info.data.get("oidc_audience"):
            raise ValueError("has to differ from the audience of access tokens")
        return client_id

    @field_validator("public_url")
    @classmethod
    def check_public_url(cls, url: str, info: ValidationInfo) -> str:
        """Name where browsers are sent back to; cookies of a login go there."""
        if problem := url_problem(url, info.data.get("environment")):
            raise ValueError(problem)
        return url.rstrip("/")


def url_problem(url: str, environment: object) -> str | None:
    """What keeps a URL from being trusted with logins."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return "has to be like https://login.example.com"
    if parts.query or parts.fragment or url != url.strip():
        return "has to have no query and no fragment"
    is_open = parts.scheme == "http" and not _is_this_machine(host)
    if is_open and environment not in ("development", "test"):
        return "has to begin with https, except in development"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
