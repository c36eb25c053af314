"""Who it is that presents credentials."""

from fastapi import Request

from ..context import authorization
from ..errors import Forbidden, Unauthorized
from .cookies import Cookies
from .credentials import BASIC, BEARER, presented
from .principal import Principal
from .service import Accounts


async def caller_by(
    accounts: Accounts, kind: str, request: Request
) -> Principal | None:
    """Return who presents credentials of a kind; None where a request has none.

    The cookie of a login counts as a token where a request has no other one. Raises
    Unauthorized where credentials are not good, Forbidden where a page of somebody
    else sends the cookie, IssuerAway while no token can be checked.
    """
    if kind == BEARER and authorization.get() is None:
        return await _in_browser(accounts, request)
    if (credentials := presented(request, kind)) is None:
        return None
    if kind == BEARER:
        return await accounts.by_token(credentials)
    if kind == BASIC:
        raise Unauthorized("Passwords are for the issuer only")
    address = request.client.host if request.client else None
    return await accounts.keys.read(credentials, address)


async def _in_browser(accounts: Accounts, request: Request) -> Principal | None:
    cookies: Cookies = request.app.state.wiring.login_cookies
    cookie = cookies.session.value(request)
    if cookie is None:
        return None
    if not cookies.is_own_page(request):
        raise Forbidden("A login in a browser is for pages of this service only")
    principal = await accounts.by_cookie(cookie)
    # what this calls elsewhere takes tokens, and no cookie
    authorization.set(f"Bearer {accounts.tokens.issue(principal)}")
    return principal
