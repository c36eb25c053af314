"""Whose key it is."""

from fastapi import Request

from ..auth.principal import current_principal
from ..errors import Unauthorized


def caller_in(request: Request) -> str:
    """The caller's account, or the address of a client whom nobody asked."""
    try:
        return f"account:{current_principal().subject}"
    except Unauthorized:
        return f"address:{request.client.host if request.client else ''}"
