"""Conditional requests (RFC 9110, 13): is an item still what the client knows of it?

An entity tag is made of what is stored of an item and of what is shown of it, that of a
list only of what is shown. A GET is answered with 304 where the whole of it is known; a
write is refused with 412 where the stored part has changed, which is compared while the
row is locked.
"""

import re
from collections.abc import Callable, Coroutine, Sequence
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, Final

from fastapi import Request, Response
from pydantic_core import to_json
from starlette.types import Scope

from .errors import PreconditionFailed
from .logging import get_logger

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

TAG: Final = re.compile(r'(W/)?"([^"]*)"')
NOT_OF_304: Final = (b"content-length", b"content-type")

log = get_logger(__name__)


class Condition:
    """What a request asks of the item that it is about, and what was found of it."""

    def __init__(self, scope: Scope) -> None:
        self.is_read = scope["method"] == "GET"
        self.table: str | None = None
        self.key: object = None
        self.is_checked = False
        self.state: Sequence[object] | None = None
        self.wanted = header(scope, b"if-none-match" if self.is_read else b"if-match")

    def check(self, state: Sequence[object]) -> None:
        """Compare what a write is about to change; raises PreconditionFailed."""
        if not self.wanted or self.is_checked:
            return
        self.is_checked = True
        if self.wanted.strip() == "*":
            return
        version = version_of(state)
        tags = TAG.findall(self.wanted)
        if not any(not weak and tag.startswith(f"{version}-") for weak, tag in tags):
            raise PreconditionFailed("The item has changed since it was read")

    def applied(self, response: Response) -> Response:
        """The response with its entity tag; 304 instead if the client has it."""
        if response.status_code >= 300:
            return response
        if self.table and self.wanted and not self.is_read and not self.is_checked:
            log.warning("precondition_not_checked", table=self.table)
        if self.state is None:
            return tagged(response, self.wanted) if self.is_read else response
        body = getattr(response, "body", None)
        if body is None or response.status_code != 200:
            return response
        tag = f"{version_of(self.state)}-{digest(body)}"
        return with_tag(response, tag, self.wanted if self.is_read else "")


current: Final[ContextVar[Condition | None]] = ContextVar("condition", default=None)


def about(table: str, key: object) -> None:
    """State what the request in hand is about: the row of a table with this key."""
    condition = current.get()
    if condition is not None:
        condition.table, condition.key = table, key


def condition_on(table: str, key: object) -> Condition | None:
    """The condition of the request in hand, if it is about this row."""
    condition = current.get()
    if condition is None or condition.table != table or condition.key != key:
        return None
    return condition


def conditional(handler: Handler) -> Handler:
    """A handler that heeds what its requests ask of their item."""

    async def handle(request: Request) -> Response:
        condition = Condition(request.scope)
        token = current.set(condition)
        try:
            response = await handler(request)
        finally:
            current.reset(token)
        return condition.applied(response)

    return handle


def conditional_list(handler: Handler) -> Handler:
    """A handler of what has no item, whose answer is known by its body alone."""

    async def handle(request: Request) -> Response:
        response = await handler(request)
        return tagged(response, header(request.scope, b"if-none-match"))

    return handle


def tagged(response: Response, known: str) -> Response:
    """The response with a tag of what it shows; 304 where the client has that."""
    body = getattr(response, "body", None)
    if body is None or response.status_code != 200:
        return response
    return with_tag(response, digest(body), known)


def with_tag(response: Response, tag: str, known: str) -> Response:
    """The response with this tag, or its own; 304 where the client knows this one."""
    if any(name == b"etag" for name, _ in response.raw_headers):
        return response
    response.raw_headers.append((b"etag", f'"{tag}"'.encode()))
    if not known:
        return response
    tags = (found for _, found in TAG.findall(known))
    if known.strip() != "*" and tag not in tags:
        return response
    unchanged = Response(status_code=304)
    unchanged.raw_headers += [
        (name, value) for name, value in response.raw_headers if name not in NOT_OF_304
    ]
    return unchanged


def header(scope: Scope, wanted: bytes) -> str:
    """All values of a header, as one list."""
    return ",".join(
        [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
    )


def version_of(state: Sequence[object]) -> str:
    """What stands for the stored values of an item."""
    return digest(to_json(state, fallback=str, bytes_mode="base64"))


def digest(content: bytes) -> str:
    """Sixteen characters that stand for the content."""
    return sha256(content).hexdigest()[:16]
