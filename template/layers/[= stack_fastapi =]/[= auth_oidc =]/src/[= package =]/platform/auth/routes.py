"""Login in a browser through the issuer, logout, and the caller's own account."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPBearer
from pydantic.alias_generators import to_camel

from ..error_format import error_responses
from ..errors import AppError, Forbidden
from ..oidc.logins import SECONDS, Callback
from ..routing import PLATFORM
from ..schemas import Schema
from ..web import JsonRoute
from .cookies import Cookies
from .guards import authenticated
from .local_paths import LONGEST, local_path
from .principal import Principal
from .schemas import Account
from .service import Accounts

router = APIRouter(prefix=f"{PLATFORM}/auth", tags=["platform"], route_class=JsonRoute)


class LoggedOut(Schema, alias_generator=to_camel):
    """The login here is over; at `logout_url`, the browser logs out of the issuer."""

    logout_url: str | None


async def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.wiring.accounts
    return accounts


async def _cookies(request: Request) -> Cookies:
    cookies: Cookies = request.app.state.wiring.login_cookies
    return cookies


AllAccounts = Annotated[Accounts, Depends(_accounts)]
OwnCookies = Annotated[Cookies, Depends(_cookies)]
# what the document says of it; the check is the Caller's
ACCESS_TOKEN = Depends(HTTPBearer(scheme_name="accessToken", auto_error=False))
Caller = Annotated[Principal, Depends(authenticated("bearer"))]
Text = Annotated[str | None, Query(max_length=4096)]
REDIRECT: Final[dict[int | str, dict[str, Any]]] = {
    302: {
        "description": "Elsewhere",
        "headers": {"location": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/login",
    status_code=status.HTTP_302_FOUND,
    response_class=RedirectResponse,
    responses={**REDIRECT, **error_responses(422, 503)},
)
async def login(
    accounts: AllAccounts,
    cookies: OwnCookies,
    return_to: Annotated[str, Query(max_length=LONGEST)] = "/",
) -> Response:
    """Send a browser to the issuer; afterwards it is at the path `return_to`."""
    begun = await accounts.begin_login(local_path(return_to))
    response = _elsewhere(begun.url)
    cookies.login.set(response, begun.cookie, SECONDS)
    return response


@router.get(
    "/callback",
    status_code=status.HTTP_302_FOUND,
    response_class=RedirectResponse,
    responses={**REDIRECT, **error_responses(400, 401, 422, 503)},
)
async def callback(
    request: Request,
    accounts: AllAccounts,
    cookies: OwnCookies,
    state: Annotated[str, Query(max_length=4096)] = "",
    code: Text = None,
    error: Text = None,
    iss: Text = None,
) -> Response:
    """Let a browser in that the issuer has sent back."""
    told = Callback(state, None if error else code, error, iss)
    try:
        opened = await accounts.finish_login(cookies.login.value(request), told)
    except AppError as refusal:
        if refusal.status < 500:
            expired = Response()
            cookies.login.clear(expired)
            refusal.headers["set-cookie"] = expired.headers["set-cookie"]
        raise
    response = _elsewhere(opened.url)
    cookies.login.clear(response)
    cookies.session.set(response, opened.cookie, accounts.browsers.seconds)
    return response


@router.post("/logout", responses=error_responses(403))
async def logout(
    request: Request, accounts: AllAccounts, cookies: OwnCookies, response: Response
) -> LoggedOut:
    """End the login of this browser, if it still goes on."""
    if not cookies.is_own_page(request):
        raise Forbidden("A login in a browser is for pages of this service only")
    url = await accounts.log_out(cookies.session.value(request))
    cookies.session.clear(response)
    return LoggedOut(logout_url=url)


@router.post(
    "/logout-all",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[ACCESS_TOKEN],
    responses=error_responses(401, 403),
)
async def logout_all(caller: Caller, accounts: AllAccounts) -> None:
    """End the logins of the caller's account in all browsers."""
    await accounts.log_out_everywhere(caller.subject)


@router.get(
    "/me",
    dependencies=[ACCESS_TOKEN],
    responses=error_responses(401),
)
async def me(caller: Caller, accounts: AllAccounts) -> Account:
    """Return the caller's own account, with all roles that the caller has."""
    account = await accounts.get(caller.subject)
    return account.model_copy(update={"roles": list(caller.roles)})


def _elsewhere(url: str) -> Response:
    headers = {"cache-control": "no-store"}
    return RedirectResponse(url, status.HTTP_302_FOUND, headers)
