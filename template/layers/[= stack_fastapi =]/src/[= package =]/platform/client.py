"""Calls to a context that another process serves."""

from collections.abc import Mapping
from typing import Final, TypeVar, overload

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from . import context
from .error_format import read_error
from .errors import AppError, BadGateway, Unprocessable, UpstreamTimeout, received
from .logging import get_logger
from .paths import text_of
from .trace_context import current_traceparent

Result = TypeVar("Result")

JSON: Final = "application/json"
# Shorter than servers keep idle connections (uvicorn: 5 seconds): one that the peer
# closes while a request is on its way looks like a peer that is out of reach.
IDLE_SECONDS: Final = 2.0
RETRY_AFTER: Final = "retry-after"
log = get_logger(__name__)


class ServiceClient:
    """HTTP to one base URL, on behalf of the request in hand.

    Its id, trace and credentials travel along. Nothing connects before the first call.
    """

    def __init__(
        self, base_url: str, *, timeout: float, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.idle_seconds = idle_seconds
        # for the log: the URL may hold a password
        self.peer = httpx.URL(base_url).netloc.decode()
        self._http: httpx.AsyncClient | None = None

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, object] | None = None,
        body: object = None,
        returns: TypeAdapter[Result],
    ) -> Result: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, object] | None = None,
        body: object = None,
        returns: None = None,
    ) -> None: ...

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, object] | None = None,
        body: object = None,
        returns: TypeAdapter[Result] | None = None,
    ) -> Result | None:
        """Send a request and parse what comes back.

        Query parameters and headers that are None are not sent. Raises the error that
        the peer answered with, BadGateway when it is out of reach or talks nonsense,
        UpstreamTimeout when it is too slow.
        """
        response = await self._send(method, path, query, headers, body)
        if returns is None:
            return None
        try:
            return returns.validate_json(response.content, by_alias=True, by_name=False)
        except ValidationError as error:
            log.error("upstream_answer_invalid", peer=self.peer, method=method)
            raise BadGateway("A service behind this one broke its contract") from error

    async def content(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, object] | None = None,
        body: object = None,
    ) -> bytes:
        """The same as `request`, for answers that are not JSON."""
        response = await self._send(method, path, query, headers, body)
        return response.content

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None,
        headers: Mapping[str, object] | None,
        body: object,
    ) -> httpx.Response:
        try:
            response = await self._client().request(
                method,
                self.base_url + path,
                params=_texts(query or {}),
                headers=self._headers(headers or {}, has_body=body is not None),
                content=to_json(body) if body is not None else None,
            )
        except httpx.TimeoutException as error:
            log.warning("upstream_timeout", peer=self.peer, reason=reason_of(error))
            raise UpstreamTimeout("A service behind this one is too slow") from error
        except httpx.HTTPError as error:
            log.warning("upstream_unreachable", peer=self.peer, reason=reason_of(error))
            raise BadGateway("A service behind this one is out of reach") from error
        if response.is_error:
            raise self._refusal(response)
        return response

    def _refusal(self, response: httpx.Response) -> AppError:
        """The error that the peer answered with."""
        status = response.status_code
        error = received(status, read_error(response.headers, response.content))
        if status >= 500:
            log.warning("upstream_failed", peer=self.peer, status=status)
        if RETRY_AFTER in response.headers:
            error.headers[RETRY_AFTER] = response.headers[RETRY_AFTER]
        return error

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            limits = httpx.Limits(
                max_connections=100,
                max_keepalive_connections=20,
                keepalive_expiry=self.idle_seconds,
            )
            self._http = httpx.AsyncClient(timeout=self.timeout, limits=limits)
        return self._http

    def _headers(
        self, given: Mapping[str, object], *, has_body: bool
    ) -> dict[bytes, bytes]:
        headers: dict[str, object] = {
            "accept": JSON,
            "x-request-id": context.request_id.get(),
            "traceparent": current_traceparent(),
            "authorization": context.authorization.get(),
            "content-type": JSON if has_body else None,
        }
        return {
            name.encode(): _header(value)
            for name, value in _texts({**headers, **given}).items()
        }


def reason_of(error: BaseException) -> str:
    """What went wrong on the way, without the messages: they may quote the URL."""
    kinds = []
    cause: BaseException | None = error
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return " < ".join(kinds)


def _header(value: str | list[str]) -> bytes:
    """A header's value as HTTP carries it: the characters that have one byte."""
    text = value if isinstance(value, str) else ", ".join(value)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise Unprocessable("A header holds characters that HTTP has not") from error


def _texts(values: Mapping[str, object]) -> dict[str, str | list[str]]:
    """Parameters as text, the way JSON writes them; None is left out."""
    return {
        name: (
            [text_of(item) for item in value]
            if isinstance(value, list | tuple | set)
            else text_of(value)
        )
        for name, value in values.items()
        if value is not None
    }
