"""Who it is that presents credentials."""

from fastapi import Request

from .credentials import BASIC, BEARER, presented, user_and_password
from .principal import Principal
from .service import Accounts


async def caller_by(
    accounts: Accounts, kind: str, request: Request
) -> Principal | None:
    """Return who presents credentials of a kind; None where a request has none.

    Raises Unauthorized where they are not good.
    """
    if (credentials := presented(request, kind)) is None:
        return None
    if kind == BEARER:
        return accounts.tokens.read(credentials)
    if kind == BASIC:
        return await accounts.verify(*user_and_password(credentials))
    address = request.client.host if request.client else None
    return await accounts.keys.read(credentials, address)
