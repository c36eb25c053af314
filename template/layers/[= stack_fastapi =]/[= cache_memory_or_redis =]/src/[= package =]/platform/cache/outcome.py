"""What the cache did for the request in hand, told as `x-cache`."""

from contextvars import ContextVar
from typing import Final, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Outcome = Literal["hit", "miss", "bypass"]

HEADER: Final = b"x-cache"
BYPASS: Final = (b"x-cache-bypass", b"1")


class Report:
    """The outcome of a request; its first read is what it was about."""

    def __init__(self, *, is_bypassed: bool) -> None:
        self.is_bypassed = is_bypassed
        self.outcome: Outcome | None = None
        # the operation whose answer the route hands on as it is
        self.shown: str | None = None


current_report: Final[ContextVar[Report | None]] = ContextVar(
    "cache_report", default=None
)


def is_bypassed() -> bool:
    """Whether the request in hand asked for an answer from the database."""
    report = current_report.get()
    return report is not None and report.is_bypassed


def tell(outcome: Outcome) -> None:
    """Note what became of a read."""
    report = current_report.get()
    if report is not None and report.outcome is None:
        report.outcome = outcome


class CacheHeaders:
    """Adds `x-cache` to answers; heeds `x-cache-bypass: 1` where that is allowed."""

    def __init__(self, app: ASGIApp, *, may_bypass: bool) -> None:
        self.app = app
        self.may_bypass = may_bypass

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        report = Report(is_bypassed=self.may_bypass and BYPASS in scope["headers"])

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and report.outcome:
                header = (HEADER, report.outcome.encode())
                message["headers"] = [*message["headers"], header]
            await send(message)

        token = current_report.set(report)
        try:
            await self.app(scope, receive, told)
        finally:
            current_report.reset(token)
