"""The server: connections of clients that send too much, too slowly or nothing."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEADERS: Final = 100
MOST_HEAD_BYTES: Final = 32_768
TIMEOUT: Final = b"408 Request Timeout"
TOO_LARGE: Final = b"431 Request Header Fields Too Large"


class BoundedProtocol(HttpToolsProtocol):
    """HTTP where the head of a request, up to its last header, is bounded.

    What comes after it is bounded by the middleware until the request is answered; what
    is left of its body then has as long as a head. A refusal has no body: there is no
    request yet that it could be an error of.
    """

    head_seconds: float = 10

    _expects_head = True
    _head_bytes = 0
    _is_refused = False
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._head_bytes += len(data)
        super().data_received(data)
        if self._expects_head and not self._is_refused and self._is_idle():
            # it is not complete, or nothing but the end of a body
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(TOO_LARGE)
            elif self._head_timer is None:
                self._start_timer()

    def on_headers_complete(self) -> None:
        self._expects_head = False
        self._stop_timer()
        if len(self.headers) > MOST_HEADERS or self._is_too_large():
            self._refuse(TOO_LARGE)
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._expects_head = True
        self._head_bytes = 0
        self._stop_timer()
        if not self._is_refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._expects_head or not self._is_idle():
            return
        if self.cycle.waiting_for_100_continue:
            # nobody knows whether the body that nobody asked for will come
            self.transport.close()
        elif self._head_timer is None:
            close = self.transport.close
            self._head_timer = self.loop.call_later(self.head_seconds, close)

    def _is_idle(self) -> bool:
        """Whether no answer is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _is_too_large(self) -> bool:
        # a small request comes in one piece, body included
        if self._head_bytes <= MOST_HEAD_BYTES:
            return False
        sizes = (len(name) + len(value) for name, value in self.headers)
        return len(self.url) + sum(sizes) > MOST_HEAD_BYTES

    def _refuse(self, status: bytes) -> None:
        self._is_refused = True
        self._stop_timer()
        if self._head_bytes and self._is_idle():
            head = b"HTTP/1.1 " + status + b"\r\nconnection: close"
            self.transport.write(head + b"\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()

    def _start_timer(self) -> None:
        refuse = self._refuse
        self._head_timer = self.loop.call_later(self.head_seconds, refuse, TIMEOUT)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
