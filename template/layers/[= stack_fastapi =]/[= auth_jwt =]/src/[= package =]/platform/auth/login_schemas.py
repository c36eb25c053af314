"""What the login endpoints take and give."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, EmailStr, Field, SecretStr
from pydantic.alias_generators import to_camel

from ..schemas import Schema

_POLICY: Final = (
    (re.compile(r"[a-z]"), "a lower-case letter"),
    (re.compile(r"[A-Z]"), "an upper-case letter"),
    (re.compile(r"[0-9]"), "a digit"),
)


def _strong(password: SecretStr) -> SecretStr:
    text = password.get_secret_value()
    missing = [name for pattern, name in _POLICY if not pattern.search(text)]
    if missing:
        raise ValueError(f"needs {', '.join(missing)}")
    return password


Email = Annotated[EmailStr, Field(max_length=254)]
NewPassword = Annotated[
    SecretStr, Field(min_length=8, max_length=100), AfterValidator(_strong)
]


class Registration(Schema, extra="forbid", alias_generator=to_camel):
    """A new account."""

    email: Email
    password: NewPassword


class Login(Schema, extra="forbid", alias_generator=to_camel):
    """Credentials. A password that breaks today's policy may still be an old one."""

    email: Email
    password: Annotated[SecretStr, Field(min_length=1, max_length=100)]


class Renewal(Schema, extra="forbid", alias_generator=to_camel):
    """The refresh token of a login."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class TokenPair(Schema, alias_generator=to_camel):
    """The answer to a login, and to its renewal; what expires does so in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
