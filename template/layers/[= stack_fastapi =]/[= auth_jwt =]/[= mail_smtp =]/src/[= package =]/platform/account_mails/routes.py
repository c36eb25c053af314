"""A forgotten password: ask for a link, and set a new one with what it holds."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from ..error_format import error_responses
from ..routing import PLATFORM
from ..web import JsonRoute
from .accounts import MailedAccounts
from .schemas import NewPasswordByToken, ResetAnswer, ResetRequest

router = APIRouter(
    prefix=f"{PLATFORM}/auth/password-reset",
    tags=["platform"],
    route_class=JsonRoute,
)


async def _accounts(request: Request) -> MailedAccounts:
    accounts: MailedAccounts = request.app.state.wiring.accounts
    return accounts


AllAccounts = Annotated[MailedAccounts, Depends(_accounts)]


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    responses=error_responses(400, 413, 415, 422, 429),
)
async def ask_for_reset(
    body: ResetRequest, accounts: AllAccounts, request: Request
) -> ResetAnswer:
    """Have a link sent to an address; the answer is the same whether it is known."""
    await accounts.ask_for_reset(body.email)
    minutes: int = request.app.state.settings.password_reset_minutes
    return ResetAnswer(expires_in=minutes * 60)


@router.post(
    "/confirm",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(400, 413, 415, 422, 429),
)
async def reset_password(body: NewPasswordByToken, accounts: AllAccounts) -> None:
    """Set a new password, which ends every login of the account."""
    await accounts.reset_password(
        body.token.get_secret_value(), body.password.get_secret_value()
    )
