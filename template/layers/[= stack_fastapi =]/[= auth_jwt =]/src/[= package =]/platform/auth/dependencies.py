"""The check that a route puts before its work."""

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable, Collection
from typing import Literal
from unicodedata import category

from fastapi import Request

from ..context import authorization
from ..errors import Forbidden, Unauthorized
from .principal import ADMIN, Principal, remember
from .service import Accounts

Scheme = Literal["bearer", "basic"]


def authenticated(
    *schemes: Scheme, roles: Collection[str] = ()
) -> Callable[[Request], Awaitable[Principal]]:
    """Return a dependency that lets in callers with credentials of one of `schemes`.

    Where `roles` are given, the caller needs one of them, or to be an ADMIN. It yields
    the Principal and raises Unauthorized or Forbidden otherwise.
    """
    challenge = ", ".join(_CHALLENGES[scheme] for scheme in schemes)

    async def check(request: Request) -> Principal:
        header = authorization.get() or ""
        scheme, _, credentials = header.partition(" ")
        accounts: Accounts = request.app.state.wiring.accounts
        try:
            principal = await _principal(
                accounts, schemes, scheme.lower(), credentials.strip()
            )
        except Unauthorized as error:
            error.headers["WWW-Authenticate"] = challenge
            raise
        if roles and not {ADMIN, *roles}.intersection(principal.roles):
            raise Forbidden("The caller's account has none of the roles for this")
        remember(header, principal)
        return principal

    return check


_CHALLENGES: dict[Scheme, str] = {
    "bearer": "Bearer",
    "basic": 'Basic realm="accounts", charset="UTF-8"',
}


async def _principal(
    accounts: Accounts, schemes: tuple[Scheme, ...], scheme: str, credentials: str
) -> Principal:
    if scheme == "bearer" and "bearer" in schemes:
        return accounts.tokens.read(credentials)
    if scheme == "basic" and "basic" in schemes:
        return await accounts.verify(*_user_and_password(credentials))
    raise Unauthorized("Credentials are needed")


def _user_and_password(credentials: str) -> tuple[str, str]:
    """Take apart the credentials of RFC 7617."""
    try:
        decoded = b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Unauthorized("The credentials cannot be read") from error
    if any(category(character) == "Cc" for character in decoded):
        raise Unauthorized("The credentials hold control characters")
    user, _, password = decoded.partition(":")
    return user, password
