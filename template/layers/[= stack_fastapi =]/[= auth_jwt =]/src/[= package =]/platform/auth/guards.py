"""What a route says of those whom it lets in."""

from collections.abc import Collection

from .dependencies import Authenticated


def authenticated(
    *accepted: str | tuple[str, ...], roles: Collection[str] = ()
) -> Authenticated:
    """Return a dependency that lets in callers with one of the `accepted` credentials.

    They are `bearer`, `basic`, or the place and the name of an API key: `header:X-Key`,
    `query:key`, `cookie:key`. Those in a tuple are needed together, and the first of
    them says who is calling. Whatever of all these a request has must be valid, even
    where something else would let it in.

    Where `roles` are given, the caller needs one of them, or to be an ADMIN. It yields
    the Principal and raises Unauthorized or Forbidden otherwise, before the body of the
    request is read.
    """
    return Authenticated(accepted, roles)
