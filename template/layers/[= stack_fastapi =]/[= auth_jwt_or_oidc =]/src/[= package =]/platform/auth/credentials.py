"""What callers send to prove who they are, and where it is in a request.

Credentials are named `bearer`, `basic`, or by the place and the name of an API key:
`header:X-Key`, `query:key`, `cookie:key`.
"""

import binascii
from base64 import b64decode
from typing import Final
from unicodedata import category

from fastapi import Request

from ..context import authorization
from ..errors import Unauthorized

BEARER: Final = "bearer"
BASIC: Final = "basic"
PLACES: Final = ("header", "query", "cookie")
_CHALLENGES: Final = {
    BEARER: "Bearer",
    BASIC: 'Basic realm="accounts", charset="UTF-8"',
}


class CredentialsMissing(Unauthorized):
    """Nobody has said who they are, unlike somebody who is not believed."""


def challenge_of(kind: str) -> str:
    """Return what `WWW-Authenticate` says of credentials; raises ValueError."""
    if kind in _CHALLENGES:
        return _CHALLENGES[kind]
    place, _, name = kind.partition(":")
    if place not in PLACES or not name:
        raise ValueError(f"no such credentials: {kind}")
    return "ApiKey"


def presented(request: Request, kind: str) -> str | None:
    """Return the credentials of a kind that a request has; None if it has none."""
    if kind in _CHALLENGES:
        scheme, _, credentials = (authorization.get() or "").partition(" ")
        return credentials.strip() if scheme.lower() == kind else None
    place, _, name = kind.partition(":")
    if place == "header":
        return request.headers.get(name)
    if place == "query":
        return request.query_params.get(name)
    return request.cookies.get(name)


def user_and_password(credentials: str) -> tuple[str, str]:
    """Take apart the credentials of RFC 7617; raises Unauthorized."""
    try:
        decoded = b64decode(credentials, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Unauthorized("The credentials cannot be read") from error
    if any(category(character) == "Cc" for character in decoded):
        raise Unauthorized("The credentials hold control characters")
    user, _, password = decoded.partition(":")
    return user, password
