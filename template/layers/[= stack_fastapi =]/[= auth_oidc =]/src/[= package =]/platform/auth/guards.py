"""What a route says of those whom it lets in."""

from collections.abc import Collection, Sequence

from fastapi import Request

from ..errors import Forbidden
from ..oidc.principal import TokenCaller
from .dependencies import Authenticated
from .principal import Principal


class InScope(Authenticated):
    """Lets in callers whose token was granted all of the scopes of an alternative.

    What an API key or another process of this service may do, no scope says.
    """

    def __init__(
        self,
        accepted: Collection[str | tuple[str, ...]],
        roles: Collection[str],
        scopes: Sequence[Sequence[str]],
    ) -> None:
        super().__init__(accepted, roles)
        self._scopes = [frozenset(together) for together in scopes]
        wanted = " ".join(scopes[0])
        # RFC 6750, section 3.1
        self._refusal = f'Bearer error="insufficient_scope", scope="{wanted}"'

    async def admit(self, request: Request) -> Principal:
        """The caller; raises Unauthorized, Forbidden."""
        principal = await super().admit(request)
        if isinstance(principal, TokenCaller) and not any(
            together <= principal.scopes for together in self._scopes
        ):
            raise Forbidden(
                "The token was not granted the scopes for this",
                headers={"WWW-Authenticate": self._refusal},
            )
        return principal


def authenticated(
    *accepted: str | tuple[str, ...],
    roles: Collection[str] = (),
    scopes: Sequence[Sequence[str]] = (),
) -> Authenticated:
    """Return a dependency that lets in callers with one of the `accepted` credentials.

    They are `bearer`, or the place and the name of an API key: `header:X-Key`,
    `query:key`, `cookie:key`. Those in a tuple are needed together, and the first of
    them says who is calling. Whatever of all these a request has must be valid, even
    where something else would let it in. A login in a browser counts as `bearer`.

    Where `roles` are given, the caller needs one of them, or to be an ADMIN. Where
    `scopes` are given, the token needs all of one group. It yields the Principal and
    raises Unauthorized or Forbidden otherwise, before the body of the request is read.
    """
    if scopes:
        return InScope(accepted, roles, scopes)
    return Authenticated(accepted, roles)
