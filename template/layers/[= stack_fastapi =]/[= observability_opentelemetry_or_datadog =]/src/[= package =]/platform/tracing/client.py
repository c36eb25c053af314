"""Calls to other contexts, as spans of the trace that the request in hand is in."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import httpx
from opentelemetry.trace import SpanKind, StatusCode, get_current_span, get_tracer

from ..client import ServiceClient
from ..context import traceparent
from ..errors import AppError

TRACER: Final = get_tracer(__name__)
PORTS: Final = {"http": 80, "https": 443}


class TracedClient(ServiceClient):
    """HTTP to one base URL; the peer's spans are below the span of the call.

    There is none in a request that has none itself.
    """

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None,
        headers: Mapping[str, object] | None,
        body: object,
    ) -> httpx.Response:
        if traceparent.get() is not None and not get_current_span().is_recording():
            return await super()._send(method, path, query, headers, body)
        with TRACER.start_as_current_span(
            method,
            kind=SpanKind.CLIENT,
            attributes={"http.request.method": method, **self._server},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                response = await super()._send(method, path, query, headers, body)
            except AppError as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise
            span.set_attribute("http.response.status_code", response.status_code)
            return response

    @cached_property
    def _server(self) -> dict[str, str | int]:
        """Whom it calls, without what else the URL may hold."""
        url = httpx.URL(self.base_url)
        port = url.port or PORTS[url.scheme]
        return {"server.address": url.host, "server.port": port}
