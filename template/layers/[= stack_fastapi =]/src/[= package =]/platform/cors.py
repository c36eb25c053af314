"""Pages of other origins: those that the settings name may call, no others."""

from collections.abc import Collection
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .error_format import error_response
from .errors import BadRequest

# What a page may read of an answer besides its body and the few headers that are free.
EXPOSED: Final = ("etag", "location", "retry-after", "www-authenticate", "x-request-id")


class CrossOrigin(CORSMiddleware):
    """CORS headers, and refusals in the format of all errors.

    Requests may carry any header: it is for the operations to say which they take.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=EXPOSED,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        is_preflight = (
            scope["type"] == "http"
            and scope["method"] == "OPTIONS"
            and {"origin", "access-control-request-method"} <= set(headers)
        )
        if not is_preflight:
            await super().__call__(scope, receive, send)
            return
        response = self.preflight_response(headers)
        if response.status_code != 200:
            response = _refusal(response, scope)
        await response(scope, receive, send)


def _refusal(refused: Response, scope: Scope) -> Response:
    """A refused preflight with the body of other errors."""
    headers = {
        name: value
        for name, value in refused.headers.items()
        if name not in ("content-type", "content-length")
    }
    reason = bytes(refused.body).decode()
    return error_response(BadRequest(reason, headers=headers), scope)
