"""Who calls, in places where no account may be named."""

from hashlib import sha256
from typing import Final

from ..errors import Unauthorized
from .principal import current_principal

LENGTH: Final = 16


def pseudonym() -> str | None:
    """The same for all requests of an account; None where nobody is logged in.

    It is the beginning of the SHA-256 of the account's id, in hexadecimal: who knows
    the id finds the reports, and who knows the reports does not find the id.
    """
    try:
        caller = current_principal()
    except Unauthorized:
        return None
    return sha256(caller.subject.encode()).hexdigest()[:LENGTH]
