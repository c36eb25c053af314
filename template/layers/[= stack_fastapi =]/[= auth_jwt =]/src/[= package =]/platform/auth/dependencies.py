"""The check that a route puts before its work."""

from collections.abc import Awaitable, Callable, Collection

from fastapi import Request

from ..context import authorization
from ..errors import Forbidden, Unauthorized
from .credentials import BASIC, BEARER, challenge_of, presented, user_and_password
from .principal import ADMIN, Principal, remember
from .service import Accounts


def authenticated(
    *accepted: str | tuple[str, ...], roles: Collection[str] = ()
) -> Callable[[Request], Awaitable[Principal]]:
    """Return a dependency that lets in callers with one of the `accepted` credentials.

    They are `bearer`, `basic`, or the place and the name of an API key: `header:X-Key`,
    `query:key`, `cookie:key`. Those in a tuple are needed together, and the first of
    them says who is calling. Whatever of all these a request has must be valid, even
    where something else would let it in.

    Where `roles` are given, the caller needs one of them, or to be an ADMIN. It yields
    the Principal and raises Unauthorized or Forbidden otherwise.
    """
    alternatives = [(one,) if isinstance(one, str) else one for one in accepted]
    kinds = list(dict.fromkeys(kind for together in alternatives for kind in together))
    challenge = ", ".join(dict.fromkeys(map(challenge_of, kinds)))

    async def check(request: Request) -> Principal:
        accounts: Accounts = request.app.state.wiring.accounts
        callers: dict[str, Principal] = {}
        try:
            for kind in kinds:
                if (credentials := presented(request, kind)) is not None:
                    callers[kind] = await _caller(accounts, kind, credentials)
            kind = _deciding(alternatives, callers)
        except Unauthorized as error:
            error.headers["WWW-Authenticate"] = challenge
            raise
        principal = callers[kind]
        if roles and not {ADMIN, *roles}.intersection(principal.roles):
            raise Forbidden("The caller's account has none of the roles for this")
        if kind not in (BEARER, BASIC):
            # what this calls elsewhere takes tokens, and perhaps no such key
            authorization.set(f"Bearer {accounts.tokens.issue(principal)}")
        remember(authorization.get() or "", principal)
        return principal

    return check


async def _caller(accounts: Accounts, kind: str, credentials: str) -> Principal:
    if kind == BEARER:
        return accounts.tokens.read(credentials)
    if kind == BASIC:
        return await accounts.verify(*user_and_password(credentials))
    return await accounts.keys.read(credentials)


def _deciding(
    alternatives: list[tuple[str, ...]], callers: dict[str, Principal]
) -> str:
    """The first of the credentials that let a request in; raises Unauthorized."""
    for together in alternatives:
        if all(kind in callers for kind in together):
            return together[0]
    raise Unauthorized("Credentials are needed")
