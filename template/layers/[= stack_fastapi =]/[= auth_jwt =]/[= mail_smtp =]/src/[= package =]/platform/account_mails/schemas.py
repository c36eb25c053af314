"""What the endpoints of resets take and give."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic.alias_generators import to_camel

from ..auth.login_schemas import Email, NewPassword
from ..schemas import Schema


class ResetRequest(Schema, extra="forbid", alias_generator=to_camel):
    """Whose password is forgotten."""

    email: Email


class ResetAnswer(Schema, alias_generator=to_camel):
    """For how many seconds the link is good, if there is such an account."""

    expires_in: int


class NewPasswordByToken(Schema, extra="forbid", alias_generator=to_camel):
    """The token of the link, and the password from now on."""

    token: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    password: NewPassword
