"""Calls to a context that another process serves."""

from collections.abc import Mapping
from typing import Final, TypeVar, overload

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from . import context
from .error_format import read_error
from .errors import BadGateway, UpstreamTimeout, received
from .logging import get_logger
from .paths import text_of

Result = TypeVar("Result")

JSON: Final = "application/json"
log = get_logger(__name__)


class ServiceClient:
    """HTTP to one base URL, on behalf of the request in hand.

    Its id, trace and credentials travel along. Nothing connects before the first call.
    """

    def __init__(self, base_url: str, *, timeout: float) -> None:
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
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
            return returns.validate_json(response.content)
        except ValidationError as error:
            log.error("upstream_answer_invalid", url=self.base_url, path=path)
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
            raise UpstreamTimeout("A service behind this one is too slow") from error
        except httpx.HTTPError as error:
            log.warning("upstream_unreachable", url=self.base_url, error=str(error))
            raise BadGateway("A service behind this one is out of reach") from error
        if response.is_error:
            told = read_error(response.headers, response.content)
            raise received(response.status_code, told)
        return response

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self.timeout)
        return self._http

    def _headers(
        self, given: Mapping[str, object], *, has_body: bool
    ) -> dict[str, str]:
        headers = {
            "accept": JSON,
            "x-request-id": context.request_id.get(),
            "traceparent": context.traceparent.get(),
            "authorization": context.authorization.get(),
            "content-type": JSON if has_body else None,
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        return sent | {name: str(value) for name, value in _texts(given).items()}


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
