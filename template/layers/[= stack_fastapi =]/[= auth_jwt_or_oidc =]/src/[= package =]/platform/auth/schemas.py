"""What an account shows."""

from pydantic import AwareDatetime
from pydantic.alias_generators import to_camel

from ..schemas import Schema


class Account(Schema, alias_generator=to_camel):
    """What an account shows of itself."""

    id: str
    email: str
    roles: list[str]
    created_at: AwareDatetime
