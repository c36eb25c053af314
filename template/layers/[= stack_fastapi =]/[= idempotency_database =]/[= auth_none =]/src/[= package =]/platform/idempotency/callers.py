"""Whose key it is."""

from fastapi import Request


def caller_in(request: Request) -> str:
    """The address of the client: nobody is asked for a name."""
    return f"address:{request.client.host if request.client else ''}"
