"""Limits what a route does: who asks too often is told so before anything is done."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ..errors import AppError, TooManyRequests
from .limits import RateLimits

if TYPE_CHECKING:
    from ..bodies import JsonRoute

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

ANSWERED: Final = (AppError, HTTPException, RequestValidationError)


def limited(route: "JsonRoute", handler: Handler) -> Handler:
    """A handler that counts its requests, and tells callers how many are left."""

    async def handle(request: Request) -> Response:
        limits = limits_of(request)
        quota = await limits.take(route, request) if limits is not None else None
        if quota is None:
            return await handler(request)
        if quota.is_exceeded:
            raise TooManyRequests(headers=quota.headers())
        try:
            response = await handler(request)
        except ANSWERED as error:
            on_error = request.app.exception_handlers[AppError]
            response = await on_error(request, error)
        response.headers.update(quota.headers())
        return response

    return handle


def limits_of(request: Request) -> RateLimits | None:
    """The limits of an application, where it has some and they are on."""
    limits: RateLimits | None = getattr(request.app.state, "rate_limits", None)
    return limits if limits is not None and limits.is_on else None
