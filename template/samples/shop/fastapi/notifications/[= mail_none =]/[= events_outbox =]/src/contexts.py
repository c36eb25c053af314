"""What notifications needs of the other contexts."""

from typing import Protocol

from ..users.generated.port import UsersPort


class Contexts(Protocol):
    """Who knows the addresses of customers."""

    @property
    def users(self) -> UsersPort: ...
