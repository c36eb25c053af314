"""What notifications needs of the service around it."""

from typing import Protocol

from ..platform.mailer.port import Mailer


class Contexts(Protocol):
    """Who sends mail."""

    @property
    def mailer(self) -> Mailer: ...
