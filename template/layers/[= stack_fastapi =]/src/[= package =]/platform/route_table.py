"""Finds the few routes that a path may be for, without trying all of them."""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Final

from fastapi import APIRouter
from starlette.convertors import PathConvertor
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Message, Receive, Scope, Send

SECTIONS_KEPT: Final = 1024

# The places of routes in the router's list.
Places = tuple[int, ...]
Literals = Callable[[list[str]], object]


class RouteTable:
    """Hands a request to the routes of a router that its path may be for.

    What the routes of one path have in common is looked up: how many parts it has, and
    which of them are literal. The framework then tries those routes, in the router's
    order, and all routes where none of them matches: what it answers stays the same.
    Only HEAD is answered wherever GET is.
    """

    def __init__(self, router: APIRouter) -> None:
        self.router = router
        self._known = -1  # routes of the router when the table was made
        self._shapes: dict[int, list[tuple[Literals, dict[object, Places]]]] = {}
        self._others: Places = ()
        self._section = lru_cache(SECTIONS_KEPT)(self._make_section)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.router.app(scope, receive, send)
            return
        if self._known != len(self.router.routes):
            self._prepare()
        scope["router"] = self.router
        section = self._section(self._places(route_path(scope)))
        if scope["method"] == "HEAD" and not _has_match(section, scope):
            await _answer_as_get(section, scope, receive, send)
        else:
            await section.app(scope, receive, send)

    def _places(self, path: str) -> tuple[Places, ...]:
        """The routes that have the path's number of parts and its literal ones."""
        parts = path.split("/")
        return tuple(
            [
                found
                for literals, places in self._shapes.get(len(parts), ())
                if (found := places.get(literals(parts)))
            ]
        )

    def _make_section(self, found: tuple[Places, ...]) -> APIRouter:
        """A router of some of the routes; the whole one speaks where none matches.

        Of several paths that fit, the most specific is meant, as in OpenAPI: what it
        has no method for is 405, whatever the others have.
        """
        first = min(found, key=min, default=())
        places = sorted({*self._others, *first})
        return APIRouter(
            routes=[self.router.routes[place] for place in places],
            redirect_slashes=False,
            default=self.router.app,
            form_limits=self.router.form_limits,
        )

    def _prepare(self) -> None:
        """Arrange the routes; again when some were added."""
        routes = self.router.routes
        others: list[int] = []
        shapes: dict[int, dict[Places, dict[object, Places]]] = {}
        for place, route in enumerate(routes):
            if not isinstance(route, Route) or _spans_parts(route):
                others.append(place)
                continue
            parts = route.path_format.split("/")
            literal = tuple(n for n, part in enumerate(parts) if "{" not in part)
            places = shapes.setdefault(len(parts), {}).setdefault(literal, {})
            key = itemgetter(*literal)(parts)
            places[key] = (*places.get(key, ()), place)
        self._others = tuple(others)
        self._shapes = {
            length: [(itemgetter(*literal), known) for literal, known in kinds.items()]
            for length, kinds in shapes.items()
        }
        self._known = len(routes)
        self._section.cache_clear()


def route_path(scope: Scope) -> str:
    """The path as routes have it: without the root path, where it has that."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :]
    return path


def _has_match(section: APIRouter, scope: Scope) -> bool:
    """Whether a route takes the request, method and all."""
    return any(route.matches(scope)[0] is Match.FULL for route in section.routes)


async def _answer_as_get(
    section: APIRouter, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a HEAD as the GET that it stands for, without the body."""

    async def send_head(message: Message) -> None:
        # the server holds the length that is announced against what it sends
        scope["method"] = "HEAD"
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    scope["method"] = "GET"
    try:
        await section.app(scope, receive, send_head)
    finally:
        scope["method"] = "HEAD"


def _spans_parts(route: BaseRoute) -> bool:
    """Whether a parameter of the route's path may hold slashes."""
    convertors = getattr(route, "param_convertors", {})
    return any(isinstance(one, PathConvertor) for one in convertors.values())
