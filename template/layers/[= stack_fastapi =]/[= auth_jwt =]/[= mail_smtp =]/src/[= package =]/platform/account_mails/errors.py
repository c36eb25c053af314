"""Why a password was not set."""

from ..errors import Unprocessable


class ResetTokenInvalid(Unprocessable):
    """The token was never given, is used or void, or its time is over."""

    code = "reset_token_invalid"
