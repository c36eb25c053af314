"""Heeds the `Idempotency-Key` of what a route is asked to do."""

import re
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from ..errors import AppError
from .callers import caller_in
from .errors import InvalidKey
from .keys import IdempotencyKeys

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

HEADER: Final = "idempotency-key"
KEY: Final = re.compile(r"[!-~]{1,255}")
ANSWERED: Final = (AppError, HTTPException, RequestValidationError)


def idempotent(route: APIRoute, handler: Handler) -> Handler:
    """A handler that carries out once what is sent with a key.

    Answers of the platform's own routes are never kept: they hold tokens.
    """
    if "POST" not in (route.methods or ()) or "platform" in route.tags:
        return handler

    async def handle(request: Request) -> Response:
        key = key_of(request)
        if key is None:
            return await handler(request)
        keys: IdempotencyKeys = request.app.state.wiring.idempotency_keys
        if not keys.is_on:
            return await handler(request)

        async def carry_out() -> Response:
            try:
                return await handler(request)
            except ANSWERED as error:
                on_error = request.app.exception_handlers[AppError]
                response: Response = await on_error(request, error)
                return response

        fingerprint = fingerprint_of(request, await request.body())
        identity = digest(caller_in(request).encode(), key.encode())
        return await keys.once(identity, fingerprint, carry_out)

    return handle


def key_of(request: Request) -> str | None:
    """The key of a request, if it has one; raises InvalidKey."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1 or not KEY.fullmatch(given[0]):
        raise InvalidKey
    return given[0]


def fingerprint_of(request: Request, body: bytes) -> str:
    """What tells a request from others that may have the same key."""
    scope = request.scope
    target = scope["path"].encode("utf-8", "surrogatepass")
    return digest(scope["method"].encode(), target, scope["query_string"], body)


def digest(*parts: bytes) -> str:
    """What stands for several texts, wherever each of them ends."""
    hashed = sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.hexdigest()
