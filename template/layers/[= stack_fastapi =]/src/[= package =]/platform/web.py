"""HTTP around the contexts: one middleware and one error format."""

import asyncio
import os
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from . import context
from .bodies import JsonRoute, field_errors, refusal_of
from .cors import CrossOrigin
from .error_format import error_response
from .errors import (
    BY_STATUS,
    AppError,
    BadRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    Unavailable,
    Unprocessable,
    reason_of,
)
from .intake import Intake
from .logging import get_logger
from .route_table import route_path

if TYPE_CHECKING:
    from ..settings import Settings

__all__ = [
    "FailureObserver",
    "JsonRoute",
    "RequestObserver",
    "allow_bodies",
    "install_web",
    "observe_failures",
    "observe_requests",
]

REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")
# As the W3C's Trace Context writes it; all zeros and version ff are invalid there.
TRACEPARENT: Final = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
NO_STORE: Final = b"no-store"
TOO_LATE: Final = "The answer took too long"

log = get_logger(__name__)


class RequestObserver(Protocol):
    """Told about every request: metrics, for one."""

    def started(self) -> None:
        """A request came in."""

    def finished(self, method: str, route: str, status: int, seconds: float) -> None:
        """It was answered; `route` is the template, or `unmatched`."""


class FailureObserver(Protocol):
    """Told about every error that nobody expected."""

    def failed(self, route: str, error: Exception) -> None:
        """A request was answered with 500, or its answer ended in the middle.

        `route` is the template, or `unmatched`.
        """


def install_web(app: FastAPI, settings: "Settings") -> None:
    """Give the application its middleware and its error format."""
    app.state.observers = []
    app.state.failure_observers = []
    app.state.body_limits = {}
    if settings.cors_origins:
        app.add_middleware(CrossOrigin, origins=settings.cors_origins)
    app.add_middleware(
        RequestMiddleware,
        settings=settings,
        observers=app.state.observers,
        failure_observers=app.state.failure_observers,
        body_limits=app.state.body_limits,
    )
    if settings.trusted_proxies:
        proxies = list(settings.trusted_proxies)
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    install_error_handlers(app)


def observe_requests(app: FastAPI, observer: RequestObserver) -> None:
    """Tell the observer about every request from now on."""
    app.state.observers.append(observer)


def observe_failures(app: FastAPI, observer: FailureObserver) -> None:
    """Tell the observer about every unexpected error from now on."""
    app.state.failure_observers.append(observer)


def allow_bodies(app: FastAPI, prefix: str, most_bytes: int) -> None:
    """Take larger bodies, whose size is announced, below a path that ends in `/`."""
    app.state.body_limits[prefix] = most_bytes


class RequestMiddleware:
    """What every request gets: an id, limits, security headers and a log line."""

    def __init__(
        self,
        app: ASGIApp,
        settings: "Settings",
        observers: list[RequestObserver],
        failure_observers: list[FailureObserver],
        body_limits: Mapping[str, int],
    ) -> None:
        self.app = app
        self.body_limits = body_limits
        self.observers = observers
        self.failure_observers = failure_observers
        self.cors_origins = settings.cors_origins
        self.root_path = settings.root_path
        self.timeout = settings.request_timeout_seconds
        self.max_body_bytes = settings.max_body_bytes
        self.slow_seconds = settings.slow_request_milliseconds / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        if self.root_path:
            # routes match with and without it: a gateway may have stripped it
            scope["root_path"] = self.root_path
        headers = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id"))
        tokens = (
            context.request_id.set(request_id),
            context.authorization.set(_text(headers.get(b"authorization"))),
            context.traceparent.set(_traceparent(headers.get(b"traceparent"))),
            context.caller.set(None),
        )
        answer = Answer(scope, send, request_id)
        for observer in self.observers:
            observer.started()
        try:
            await self._answer(scope, receive, answer, headers)
        finally:
            seconds = time.perf_counter() - begun
            self._tell(scope, answer.status, seconds)
            context.request_id.reset(tokens[0])
            context.authorization.reset(tokens[1])
            context.traceparent.reset(tokens[2])
            context.caller.reset(tokens[3])

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        answer: "Answer",
        headers: dict[bytes, bytes],
    ) -> None:
        """Run the application; answer for it when it is late or fails."""
        intake = None
        try:
            announced = int(headers.get(b"content-length", 0))
            most = self.max_body_bytes
            if announced > most:
                most = self._most_bytes(scope)
                if announced > most:
                    raise too_large(most)
            if announced or b"transfer-encoding" in headers:
                intake = Intake(receive, most)
                receive = intake.receive
            async with asyncio.timeout(self.timeout) as answer.deadline:
                await self.app(scope, receive, answer.send)
        except Exception as error:
            if answer.started:
                # the server logs it, and ends the connection
                if not isinstance(error, ClientDisconnect):
                    self._report(scope, error)
                raise
            late, answer.deadline = answer.is_late(), None
            if isinstance(error, AppError):
                told = error
            elif isinstance(error, TimeoutError) and late:
                is_body_late = intake is not None and intake.is_awaited
                told = too_slow() if is_body_late else Unavailable(TOO_LATE)
            elif isinstance(error, ClientDisconnect):
                told = BadRequest("The connection ended before the body did")
            else:
                log.error("request_failed", exc_info=error)
                self._report(scope, error)
                told = AppError()
            respond: ASGIApp = error_response(told, scope)
            if self.cors_origins:
                # without these headers a page is not told what went wrong
                respond = CrossOrigin(respond, self.cors_origins)
            await respond(scope, receive, answer.send)

    def _most_bytes(self, scope: Scope) -> int:
        """How large a body may be at the request's path."""
        path = route_path(scope)
        for prefix, most in self.body_limits.items():
            if path.startswith(prefix):
                return max(most, self.max_body_bytes)
        return self.max_body_bytes

    def _report(self, scope: Scope, error: Exception) -> None:
        """Tell the observers of an error that nobody expected."""
        for observer in self.failure_observers:
            observer.failed(_route_of(scope), error)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """Write the access log and tell the observers."""
        route = _route_of(scope)
        for observer in self.observers:
            observer.finished(scope["method"], route, status, seconds)
        slow = seconds > self.slow_seconds
        if status >= 500:
            write = log.error
        elif status >= 400 or slow:
            write = log.warning
        else:
            write = log.info
        write(
            "slow_request" if slow else "request",
            method=scope["method"],
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 3),
            client=scope["client"][0] if scope.get("client") else None,
        )


class Answer:
    """The response on its way out, with the headers that every one gets."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.started = False
        self.status = 500
        self.deadline: asyncio.Timeout | None = None
        self._scope = scope
        self._send = send
        self._request_id = request_id

    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and self.deadline.expired()

    async def send(self, message: Message) -> None:
        """Pass a message on; the deadline is for the first one only."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            if self.deadline is not None and not self.deadline.expired():
                self.deadline.reschedule(None)
            headers = [
                *message["headers"],
                (b"x-request-id", self._request_id.encode()),
                *SECURITY_HEADERS,
            ]
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", self._cache_control()))
            message["headers"] = headers
        await self._send(message)

    def _cache_control(self) -> bytes:
        """Whether the answer may be kept: as its route has it, errors never."""
        if self.status >= 400:
            return NO_STORE
        return getattr(self._scope.get("route"), "cache_control", NO_STORE)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error, the framework's own too, in the one format."""

    async def on_error(request: Request, error: Exception) -> Response:
        told = translated(request, error)
        if told.status >= 500:
            # the client is not told what led to it
            log.error("request_failed", code=told.code, reason=reason_of(told))
        return error_response(told, request.scope)

    for kind in (AppError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, on_error)


def translated(request: Request, error: Exception) -> AppError:
    """The error of ours that one of the framework's stands for."""
    match error:
        case AppError():
            return error
        case HTTPException():
            return _from_framework(request, error)
        case RequestValidationError():
            return _invalid(request, error)
        case _:
            return AppError()


def too_large(limit: int) -> PayloadTooLarge:
    """The refusal of a body of more than `limit` bytes, which is not read."""
    return PayloadTooLarge(
        f"The body is larger than {limit} bytes", headers={"Connection": "close"}
    )


def too_slow() -> RequestTimeout:
    """The refusal of a request whose body has not come."""
    return RequestTimeout(
        "The body did not come in time", headers={"Connection": "close"}
    )


def allowed_methods(request: Request) -> str:
    """The methods of all routes of the most specific path that the request's fits.

    The framework names those of the first route only.
    """
    path = route_path(request.scope)
    methods: set[str] = set()
    meant = None
    for route in iter_route_contexts(request.app.routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(path):
            meant = meant or pattern
            if pattern == meant:
                methods |= route.methods or set()
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def _invalid(request: Request, error: RequestValidationError) -> AppError:
    """The rules that parameters and body broke, all of them at once."""
    broken = error.errors()
    if any(item["type"] == "json_invalid" for item in broken):
        return BadRequest("The body is not valid JSON")
    refusal = refusal_of(request)
    if refusal:
        broken = [item for item in broken if item["loc"][0] != "body"]
    errors = [*field_errors(broken), *refusal]
    return Unprocessable("The request is invalid", errors=errors)


def _from_framework(request: Request, error: HTTPException) -> AppError:
    match error.status_code:
        case 404:
            return NotFound("Nothing is at this path")
        case 405:
            return MethodNotAllowed(headers={"Allow": allowed_methods(request)})
        case 413:
            return too_large(request.app.state.settings.max_body_bytes)
        case status:
            known = BY_STATUS.get(status, BadRequest if status < 500 else AppError)
            translated = known(error.detail, headers=error.headers)
            translated.status = status
            return translated


def _route_of(scope: Scope) -> str:
    """The template of the route that answers; bounded, as nothing of the path is."""
    route: str = getattr(scope.get("route"), "path", "unmatched")
    return route


def _request_id(given: bytes | None) -> str:
    """The caller's id if it is harmless in a log, else a new one."""
    if given is not None and REQUEST_ID.fullmatch(given):
        return given.decode()
    return os.urandom(16).hex()


def _traceparent(given: bytes | None) -> str | None:
    """The caller's place in a trace, if it is one."""
    if given is not None and TRACEPARENT.fullmatch(given):
        return given.decode()
    return None


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
