"""Routes that hand on what a cached read answers: it is not read and written again."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from ..direct import MEDIA_TYPE
from .outcome import current_report

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

MODULE: Final = ".generated.routes"


def shows_kept(route: APIRoute, handler: Handler) -> Handler:
    """The handler of a route whose cached read may be answered by a Response.

    A derived endpoint asks its port first, and returns what that gives. Where it looks
    at the answer itself, it has a Response of its own, which is not for these.
    """
    module = route.endpoint.__module__
    told = route.dependant.response_param_name
    if route.methods != {"GET"} or route.status_code not in (None, 200) or told:
        return handler
    if not module.endswith(MODULE):
        return handler
    context = module.removesuffix(MODULE).rpartition(".")[2]
    name = f"{context}.{route.endpoint.__name__}"

    async def handle(request: Request) -> Response:
        report = current_report.get()
        if report is not None:
            report.shown = name
        return await handler(request)

    return handle


def as_response(text: bytes) -> Response:
    """The JSON of an answer, as FastAPI would write it again."""
    return Response(text, media_type=MEDIA_TYPE)


def is_shown(name: str) -> bool:
    """Whether this read is the one whose answer is handed on as it is; told once.

    What services ask of each other on the way to an answer is not.
    """
    report = current_report.get()
    if report is None:
        return False
    shown, report.shown = report.shown, None
    return shown == name
