"""What a stack's adapter gives to tests that need more of a service than its URL.

Settings are named without the service's prefix: `PORT`, `JWT_SECRET`.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from .profile import Profile

Settings = Mapping[str, str]
LogLine = Mapping[str, object]


class Service(Protocol):
    """A process that serves."""

    base_url: str

    def terminate(self) -> None:
        """Ask it to end: SIGTERM."""

    def is_running(self) -> bool:
        """Whether the process has not ended."""

    def ended_in_order(self, *, within_seconds: float) -> bool:
        """Wait for its end; whether it ended as one that was asked to.

        Raises TimeoutError when it does not end.
        """

    def log_text(self) -> str:
        """All that it has written so far, to either output."""

    def log_lines(self) -> list[LogLine]:
        """The same as objects; fails where a line is no JSON object."""


class Database(Protocol):
    """The database of services, and the way to it.

    `is_remote` says that connections can be cut, and that a frozen database answers
    nobody. One that is not remote is a file, which when frozen takes no writes.
    """

    is_remote: bool

    url: str
    """Where services find it."""

    def take_away(self) -> None:
        """Let there be none, as before it was set up."""

    def bring_back(self) -> None:
        """Let it be there again, with all that it held."""

    def freeze(self) -> None:
        """Let it accept work, and not do it."""

    def thaw(self) -> None:
        """Let it do what it has accepted, and go on."""


@dataclass(frozen=True)
class Refusal:
    """How a process ended that was started with wrong settings."""

    status: int
    output: str


class Stack(Protocol):
    """A service that can be started, on databases of its own."""

    prefix: str
    """What the names of its settings begin with."""

    secret: str
    """The token secret in the settings, which must not turn up anywhere."""

    is_remote: bool
    """Whether its databases are."""

    @property
    def profile(self) -> Profile:
        """What its services are like, whose only setting is the origins."""

    def close(self) -> None:
        """End what its databases need."""

    def database(self) -> AbstractContextManager[Database]:
        """One with all tables that is there and works; what happens to it is its own.

        Two of them may hold the same rows.
        """

    def service(
        self, database: Database, settings: Settings, *, awaited: str = "ready"
    ) -> AbstractContextManager[Service]:
        """A running service, once it is `ready` or `live`; ended afterwards."""

    def refusal(
        self, database: Database, settings: Settings, *, without: tuple[str, ...] = ()
    ) -> Refusal:
        """Start it with settings that it has to refuse, and without some others."""
