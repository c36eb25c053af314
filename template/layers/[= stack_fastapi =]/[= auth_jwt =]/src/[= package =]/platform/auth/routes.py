"""Registration, login, logout and the caller's own account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.security import HTTPBearer

from ..error_format import error_responses
from ..routing import PLATFORM
from ..web import JsonRoute
from .guards import authenticated
from .login_schemas import Login, Registration, Renewal, TokenPair
from .principal import Principal
from .schemas import Account
from .service import Accounts

router = APIRouter(prefix=f"{PLATFORM}/auth", tags=["platform"], route_class=JsonRoute)


async def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.wiring.accounts
    return accounts


AllAccounts = Annotated[Accounts, Depends(_accounts)]
# what the document says of it; the check is the Caller's
ACCESS_TOKEN = Depends(HTTPBearer(scheme_name="accessToken", auto_error=False))
Caller = Annotated[Principal, Depends(authenticated("bearer"))]


@router.post(
    "/register",
    status_code=status.HTTP_201_CREATED,
    responses=error_responses(400, 409, 413, 415, 422, 429),
)
async def register(
    body: Registration, accounts: AllAccounts, response: Response
) -> Account:
    """Create an account."""
    account = await accounts.register(body.email, body.password.get_secret_value())
    response.headers["location"] = f"{PLATFORM}/auth/me"
    return account


@router.post("/login", responses=error_responses(400, 401, 413, 415, 422, 429))
async def login(body: Login, accounts: AllAccounts, response: Response) -> TokenPair:
    """Exchange credentials for an access token, and a refresh token to renew it."""
    response.headers["cache-control"] = "no-store"
    return await accounts.log_in(body.email, body.password.get_secret_value())


@router.post("/refresh", responses=error_responses(400, 401, 413, 415, 422))
async def refresh(
    body: Renewal, accounts: AllAccounts, response: Response
) -> TokenPair:
    """Exchange a refresh token, which is good for one use, for new tokens."""
    response.headers["cache-control"] = "no-store"
    return await accounts.renew(body.refresh_token.get_secret_value())


@router.post(
    "/logout",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(400, 413, 415, 422),
)
async def logout(body: Renewal, accounts: AllAccounts) -> None:
    """End the login that the refresh token belongs to, if it still goes on."""
    await accounts.log_out(body.refresh_token.get_secret_value())


@router.post(
    "/logout-all",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[ACCESS_TOKEN],
    responses=error_responses(401),
)
async def logout_all(caller: Caller, accounts: AllAccounts) -> None:
    """End every login of the caller's account, wherever it was made."""
    await accounts.log_out_everywhere(caller.subject)


@router.get(
    "/me",
    dependencies=[ACCESS_TOKEN],
    responses=error_responses(401),
)
async def me(caller: Caller, accounts: AllAccounts) -> Account:
    """Return the caller's own account."""
    return await accounts.get(caller.subject)
