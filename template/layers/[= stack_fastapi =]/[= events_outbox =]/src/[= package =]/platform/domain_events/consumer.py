"""What a consumer is: a function of a context that is given events of any context."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from ..job_queue.job import NAME
from ..job_queue.priority import NORMAL, level_of
from ..job_queue.retry import Exponential, RetryPolicy
from .event import Event

Service = TypeVar("Service")
AnyEvent = TypeVar("AnyEvent", bound=Event)


class Delivery(Protocol):
    """An event on its way to a consumer, as the consumer's function sees it."""

    @property
    def id(self) -> str:
        """The same in each attempt, and where it is delivered twice."""

    @property
    def attempt(self) -> int:
        """1 in the first attempt."""

    @property
    def published_at(self) -> datetime:
        """When it was published, in UTC."""

    async def is_first(self, session: AsyncSession) -> bool:
        """Whether no transaction of this consumer has taken the event yet.

        What the transaction changes after this check is changed once. The session is
        one of the database of the consumer's context.
        """


@dataclass(frozen=True)
class Consumer(Generic[Service, AnyEvent]):
    """What a context does about events, in its `consumers.py`; named like a job.

    The function is called with the context's service, the event and its delivery: one
    event of an aggregate after the other, in the order in which they were published. It
    fails as a job does, and later events of the aggregate wait until it is done. For
    several kinds of events say which: `Consumer[Service, Placed | Paid](...)`.
    """

    name: str
    events: tuple[type[AnyEvent], ...]
    function: Callable[[Service, AnyEvent, Delivery], Awaitable[None]]
    priority: int = NORMAL
    attempts: int = 10
    retry: RetryPolicy = field(default_factory=Exponential)
    timeout_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"a consumer is named <context>.<verb>, not {self.name}")
        level_of(self.priority)

    @property
    def context(self) -> str:
        """The context whose service it works with."""
        return self.name.partition(".")[0]
