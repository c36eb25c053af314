"""API keys: credentials of services, which nobody types and nothing renews."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from secrets import token_hex
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, select

from ..accounts.model import AccountRow, ApiKeyRow
from ..database import Database
from ..errors import NotFound, Unauthorized
from ..logging import get_logger
from .principal import ROLES, Principal, Role
from .random_secrets import new_secret, secret_hash

KEY: Final = re.compile(r"ak_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
VALID: Final = cast(
    Select[Any],
    select(
        ApiKeyRow.networks,
        AccountRow.id,
        AccountRow.email,
        AccountRow.role,
        ApiKeyRow.role.label("limit"),
    )
    .join(ApiKeyRow, ApiKeyRow.account_id == AccountRow.id)
    .where(
        ApiKeyRow.prefix == bindparam("prefix"),
        ApiKeyRow.secret_hash == bindparam("secret_hash"),
        ApiKeyRow.expires_at > bindparam("now"),
    ),
)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be shown of a key: the prefix, and what it was made for."""

    prefix: str
    name: str
    role: str
    expires_at: datetime
    networks: tuple[str, ...]


class ApiKeys:
    """The API keys of one database, of which it has hashes only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        account_id: UUID,
        name: str,
        role: Role,
        days: int,
        networks: Sequence[str] = (),
    ) -> str:
        """Make a key that acts for an account, and return its text, once.

        It never has more of a role than the account has when it is used. Where networks
        are given (`10.0.0.0/8`), it is good for callers inside of them only.
        """
        prefix, secret, now = token_hex(6), new_secret(), datetime.now(UTC)
        row = ApiKeyRow(
            prefix=prefix,
            account_id=account_id,
            name=name,
            role=role,
            secret_hash=secret_hash(secret),
            networks=" ".join(networks),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        async with self._database.transaction() as session:
            session.add(row)
        return f"ak_{prefix}_{secret}"

    async def of_account(self, account_id: UUID) -> list[ApiKey]:
        """The keys of an account, expired ones too, the oldest first."""
        mine = select(ApiKeyRow).where(ApiKeyRow.account_id == account_id)
        async with self._database.transaction() as session:
            rows = await session.scalars(mine.order_by(ApiKeyRow.created_at))
            return [
                ApiKey(
                    row.prefix,
                    row.name,
                    row.role,
                    row.expires_at,
                    tuple(row.networks.split()),
                )
                for row in rows
            ]

    async def revoke(self, prefix: str) -> None:
        """End a key; raises NotFound."""
        this = delete(ApiKeyRow).where(ApiKeyRow.prefix == prefix)
        async with self._database.transaction() as session:
            revoked = await session.scalar(this.returning(ApiKeyRow.prefix))
        if revoked is None:
            raise NotFound("No key begins with that")

    async def read(self, text: str, address: str | None) -> Principal:
        """Return for whom a key acts that comes from this address.

        Raises Unauthorized, with the same words for every reason.
        """
        refused = Unauthorized("The API key is not valid")
        key = KEY.fullmatch(text)
        if key is None:
            raise refused
        wanted = {"prefix": key[1], "secret_hash": secret_hash(key[2])}
        rows = await self._database.fetch(VALID, wanted | {"now": datetime.now(UTC)})
        if not rows:
            raise refused
        networks, subject, email, *roles = map(str, rows[0])
        if networks and not is_within(address, networks.split()):
            log.warning("api_key_from_elsewhere", prefix=key[1], client=address)
            raise refused
        return Principal(subject, email, (min(roles, key=ROLES.index),), key[1])


def is_within(address: str | None, networks: Sequence[str]) -> bool:
    """Whether an IP address is in one of the networks."""
    try:
        client = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(client, IPv6Address) and client.ipv4_mapped:
        # how a socket for both kinds has those of the older one
        client = client.ipv4_mapped
    return any(client in ip_network(network) for network in networks)
