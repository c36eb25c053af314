"""What orders needs of the other contexts; each may run here or elsewhere."""

from typing import Protocol

from ..catalog.generated.port import CatalogPort
from ..inventory.generated.port import InventoryPort
from ..payments.generated.port import PaymentsPort
from ..users.generated.port import UsersPort


class Contexts(Protocol):
    """The ports; no call to them is made within a transaction."""

    @property
    def users(self) -> UsersPort: ...

    @property
    def catalog(self) -> CatalogPort: ...

    @property
    def inventory(self) -> InventoryPort: ...

    @property
    def payments(self) -> PaymentsPort: ...
