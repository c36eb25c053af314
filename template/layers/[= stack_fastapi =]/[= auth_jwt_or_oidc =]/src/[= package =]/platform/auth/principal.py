"""The caller whose credentials were checked."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from ..context import authorization
from ..errors import Unauthorized

# From the one who may least to the one who may most.
Role = Literal["USER", "MODERATOR", "ADMIN"]
ROLES: Final[tuple[str, ...]] = get_args(Role)
ADMIN: Final = "ADMIN"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the account's id, its e-mail address and its roles.

    `api_key` is the prefix of the API key that was sent, if it was one.
    """

    subject: str
    email: str
    roles: tuple[str, ...]
    api_key: str | None = field(default=None, compare=False)


# Kept with the header it was read from: it never outlives the request that sent it.
_current: ContextVar[tuple[str, Principal] | None] = ContextVar(
    "principal", default=None
)


def remember(header: str, principal: Principal) -> None:
    """Make `principal` the current one for as long as `header` is in hand."""
    _current.set((header, principal))


def owned(attribute: str) -> dict[str, object]:
    """What narrows rows to those of the caller; an ADMIN uses everybody's.

    Raises Unauthorized as `current_principal` does.
    """
    caller = current_principal()
    return {} if ADMIN in caller.roles else {attribute: caller.subject}


def current_principal() -> Principal:
    """Return the caller of the request in hand.

    Raises Unauthorized when the route did not ask for credentials or there are none.
    """
    current = _current.get()
    if current is None or current[0] != authorization.get():
        raise Unauthorized("This needs a caller who is logged in")
    return current[1]
