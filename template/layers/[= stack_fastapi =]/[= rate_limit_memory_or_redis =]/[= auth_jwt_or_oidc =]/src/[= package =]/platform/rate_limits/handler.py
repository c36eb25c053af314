"""Limits what a route does: who asks too often is told so before anything is done."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ..errors import AppError, TooManyRequests, Unauthorized
from .limits import RateLimits

if TYPE_CHECKING:
    from ..bodies import JsonRoute

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

ANSWERED: Final = (AppError, HTTPException, RequestValidationError)


def limited(route: "JsonRoute", handler: Handler) -> Handler:
    """A handler that counts its requests, and tells callers how many are left.

    Callers are let in first, as their own limit needs their name. Those who are not let
    in are counted by where they come from.
    """

    async def handle(request: Request) -> Response:
        limits = limits_of(request)
        if limits is None:
            return await handler(request)
        if route.admissions:
            await let_in(route, request, limits)
        quota = await limits.take(route, request)
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


async def let_in(route: "JsonRoute", request: Request, limits: RateLimits) -> None:
    """Ask who is calling; raises Unauthorized, Forbidden, TooManyRequests."""
    limits.refusals.check(request)
    try:
        await route.admit(request)
    except Unauthorized as error:
        await limits.refusals.count(request, error)
        raise
