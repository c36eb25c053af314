"""What a job is: a name, what it is given, how urgent it is and how it fails."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from .priority import NORMAL, level_of
from .retry import Exponential, RetryPolicy

NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")

Payload = TypeVar("Payload", bound=BaseModel)
Service = TypeVar("Service")


class Nothing(BaseModel):
    """The payload of a job that needs none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(Protocol):
    """The run of a job, as its function sees it."""

    @property
    def id(self) -> str:
        """The job's id; the same in each attempt, and where it is delivered twice."""

    @property
    def attempt(self) -> int:
        """1 in the first attempt."""

    async def progress(self, part: float) -> None:
        """Tell how much is done, from 0 to 1."""

    async def is_first(self, session: AsyncSession) -> bool:
        """Whether no transaction of this job was committed yet.

        A job may be delivered twice. What a transaction changes after this check is
        changed once; the tables of jobs have to be in its database.
        """


# Of the context's service, what the job is given, and the run. The result is kept for a
# time: anything that JSON can hold, or pydantic can make so.
Function = Callable[[Service, Payload, Run], Awaitable[object]]


@dataclass(frozen=True)
class Job(Generic[Service, Payload]):
    """A job that a context defines in its `jobs.py`; it is named `<context>.<verb>`.

    After `attempts`, or at once when the failure is not temporary, it is a dead letter.
    An attempt may take `timeout_seconds`.
    """

    name: str
    function: Function[Service, Payload]
    payload: type[Payload]
    priority: int = NORMAL
    attempts: int = 5
    retry: RetryPolicy = field(default_factory=Exponential)
    timeout_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"a job is named <context>.<verb>, not {self.name}")
        if self.attempts < 1:
            raise ValueError(f"{self.name}: at least one attempt")
        level_of(self.priority)

    @property
    def context(self) -> str:
        """The context whose service it works with."""
        return self.name.partition(".")[0]
