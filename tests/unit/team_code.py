"""A small context, and what is said of a team's code when it changes."""

import textwrap
from collections.abc import Mapping

from groundplan.fit import compare
from groundplan.fit_checks import Change
from groundplan.shapes import Derived

Modules = Mapping[str, str]

PORT = """
from typing import Literal, Protocol
from uuid import UUID
from .schemas import User, UserCreate

class UsersPort(Protocol):
    async def list_users(
        self, *, page: int = 1, order: Literal["asc", "desc"] = "asc"
    ) -> list[User]: ...
    async def create_user(self, body: UserCreate) -> User: ...
    async def get_user(self, user_id: UUID) -> User: ...
    async def move_user(self, user_id: UUID, team_id: UUID) -> None: ...
"""
OPERATIONS = """
class UsersOperations:
    def __init__(self, database, contexts):
        self.database = database
        self.users = Repository(database, UserRow, User)
"""
SCHEMAS = """
class User(Schema):
    id: UUID
    display_name: str
    phone: Annotated[str, Field(alias="x-phone")] | MISSING = MISSING

class UserCreate(Schema, extra="forbid"):
    display_name: str
"""
MODEL = """
class UserRow(Base):
    __tablename__ = "users"
    display_name: Mapped[str] = mapped_column(String(100))
"""
USERS = {"port": PORT, "operations": OPERATIONS, "schemas": SCHEMAS, "model": MODEL}
ORDERS = {"port": "class OrdersPort(Protocol):\n    async def get_order(self): ...\n"}
HEAD = "from .generated.operations import UsersOperations\n\n"
SERVICE = "src/shop/users/service.py"


def changed(text: str, **modules: tuple[str, str]) -> list[str]:
    """What is said of a service when a text in derived modules is another one."""
    now = dict(USERS)
    for module, (old, new) in modules.items():
        assert old in now[module]
        now[module] = now[module].replace(old, new)
    return found({SERVICE: text}, {"users": now})


def found(
    team: Mapping[str, str],
    after: Mapping[str, Modules],
    before: Mapping[str, Modules] | None = None,
) -> list[str]:
    old = before or {"users": USERS, "orders": ORDERS}
    change = Change(
        {name: Derived(modules) for name, modules in old.items()},
        {name: Derived(modules) for name, modules in after.items()},
    )
    texts = {path: textwrap.dedent(text) for path, text in team.items()}
    return [str(misfit) for misfit in compare(change, "shop", texts)]


def method(signature: str, body: str = "pass") -> str:
    """A service with one method, in line 4."""
    return (
        f"{HEAD}class UsersService(UsersOperations):\n"
        f"    async def {signature}:\n        {body}\n"
    )
