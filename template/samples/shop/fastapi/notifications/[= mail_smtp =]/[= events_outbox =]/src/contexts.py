"""What notifications needs of the other contexts, and of the service around it."""

from typing import Protocol

from ..platform.mailer.port import Mailer
from ..users.generated.port import UsersPort


class Contexts(Protocol):
    """Who knows the addresses of customers, and who sends mail."""

    @property
    def users(self) -> UsersPort: ...

    @property
    def mailer(self) -> Mailer: ...
