"""Versions that requests name: which one is meant, and the path that it has."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import Message, Receive, Scope, Send

from ..generated.versions import HEADS, SERVED
from .errors import BadRequest
from .route_table import RouteTable, route_path
from .version_names import VARY, WRITTEN, names_in, telling
from .web import translated

IN_PATH: Final = re.compile(r"((?:/api)?)/v(0|[1-9][0-9]{0,3})(?=/|$)")


class VersionNotServed(BadRequest):
    code = "version_not_served"

    def __init__(self, served: Sequence[int]) -> None:
        listed = ", ".join(map(str, served))
        example = WRITTEN.format(served[-1])
        super().__init__(
            f"The version has to be one of {listed}, as in {example}",
            headers={"Vary": VARY},
        )


def install_versions(app: FastAPI, default: int) -> None:
    """Let requests name a version; those that name none mean the default."""
    app.router.middleware_stack = Versions(app.router, default)


def version_at(
    path: str, served: Sequence[int] = SERVED, heads: Sequence[str] = HEADS
) -> int | None:
    """The version that a path of the contract belongs to, if it is one of several."""
    if not heads:
        return served[0]
    found = IN_PATH.match(path)
    return int(found[2]) if found else None


class Versions(RouteTable):
    """Hands a request to the route of the version that it names.

    The contract has its versions in the paths (`/v2/users`): a caller leaves that out
    (`/users`) and names the version beside it. A path as the contract has it says its
    version itself. What no version has, like health checks, is answered as ever.
    """

    def __init__(
        self,
        router: APIRouter,
        default: int,
        served: Sequence[int] = SERVED,
        heads: Sequence[str] = HEADS,
    ) -> None:
        super().__init__(router)
        self.default = default
        self.served = served
        self.heads = heads
        self._numbers = {str(version).encode(): version for version in served}
        self._versions: list[int | None] = []
        self._open: list[list[bool]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        path = route_path(scope)
        version, meant = self._meant(path, names_in(scope["headers"]))
        if version is None:
            await super().__call__(scope, receive, send)
            return
        if meant != path:
            scope["path"] = scope.get("root_path", "") + meant
        answer = _Answer(scope, send, version, is_rewritten=meant != path)
        try:
            await super().__call__(scope, receive, answer.send)
        except HTTPException as error:
            refused = translated(Request(scope), error)
            refused.headers |= answer.said(error.status_code)
            raise refused from error

    def _meant(self, path: str, names: tuple[bytes, ...]) -> tuple[int | None, str]:
        """The version and the path of the contract that a request is for.

        Raises VersionNotServed for a path of the contract in a version that it has not.
        """
        own = self._place(path)
        known = [self._numbers[name] for name in names if name in self._numbers]
        wanted = known[0] if known else None
        if own is not None and (version := self._versions[own]) is not None:
            if names and version not in known:
                raise VersionNotServed(self.served)
            return version, path
        if not names:
            wanted = self.default
        for version in self.served if wanted is None else (wanted,):
            for written in self._written(path, version):
                place = self._place(written)
                if place is None or self._versions[place] != version:
                    continue
                if own is None or self._open[place] < self._open[own]:
                    if wanted is None:
                        raise VersionNotServed(self.served)
                    return version, written
        return None, path

    def _written(self, path: str, version: int) -> Iterator[str]:
        """How the contract may write a path in a version."""
        for head in self.heads:
            if path.startswith(f"{head}/"):
                yield f"{head}/v{version}{path[len(head):]}"

    def _place(self, path: str) -> int | None:
        """The route that is meant by a path, whatever the method."""
        if self._known != len(self.router.routes):
            self._prepare()
        found = self._places(path)
        return min(map(min, found)) if found else None

    def _prepare(self) -> None:
        super()._prepare()
        self._versions = list(map(self._version_of, self.router.routes))
        paths = [getattr(route, "path", "") for route in self.router.routes]
        self._open = [
            ["{" in part for part in IN_PATH.sub(r"\1", path, count=1).split("/")]
            for path in paths
        ]

    def _version_of(self, route: BaseRoute) -> int | None:
        """The version that has a route; None for what all of them have."""
        if not isinstance(route, APIRoute) or "platform" in route.tags:
            return None
        return version_at(route.path, self.served, self.heads)


class _Answer:
    """An answer on its way out, which says the version that has answered."""

    def __init__(
        self, scope: Scope, send: Send, version: int, *, is_rewritten: bool
    ) -> None:
        self._root = scope.get("root_path", "")
        self._send = send
        self._version = version
        self._is_rewritten = is_rewritten

    def said(self, status: int) -> dict[str, str]:
        """The headers that every answer of a version has."""
        told = telling(self._version, status, [])
        return {"Vary": VARY} | {name.decode(): value.decode() for name, value in told}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = telling(self._version, message["status"], message["headers"])
            if self._is_rewritten:
                headers = [
                    (name, self._as_called(value) if name == b"location" else value)
                    for name, value in headers
                ]
            if any(name == b"vary" for name, _ in headers):
                MutableHeaders(raw=headers).add_vary_header(VARY)
            else:
                headers.append((b"vary", VARY.encode()))
            message["headers"] = headers
        await self._send(message)

    def _as_called(self, location: bytes) -> bytes:
        """Where something is, the way its caller writes paths."""
        text = location.decode("latin-1")
        root = self._root if text.startswith(f"{self._root}/") else ""
        path = text[len(root) :]
        return (root + IN_PATH.sub(r"\1", path, count=1)).encode("latin-1")
