"""Accounts of those whom the issuer knows: made when they come first."""

from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Select, bindparam, select, update

from ..accounts.model import AccountRow
from ..auth.directory import BY_EMAIL, BY_ID, Directory
from ..auth.oidc_settings import IssuerSettings
from ..database import Database
from ..errors import Conflict, Unauthorized
from ..logging import get_logger
from .claims import Claims, address_of, is_verified
from .model import IdentityRow

# RFC 2606: no mail is ever delivered there.
NOWHERE: Final = "@accounts.invalid"
KNOWN: Final[Select[Any]] = select(IdentityRow.account_id).where(
    IdentityRow.issuer == bindparam("issuer"),
    IdentityRow.subject == bindparam("subject"),
)

log = get_logger(__name__)


class Identities:
    """Which account is whose, by issuer and subject and nothing else.

    Addresses are taken over where they are verified. They lead to an account that was
    there before only where a setting says so: an issuer that lets its users choose
    their address would give them the accounts of others.
    """

    def __init__(
        self,
        accounts: Database,
        identities: Database,
        directory: Directory,
        settings: IssuerSettings,
    ) -> None:
        self._accounts = accounts
        self._identities = identities
        self._directory = directory
        self._issuer = settings.oidc_issuer
        self._all_verified = settings.oidc_addresses_verified
        self._links = settings.oidc_link_by_email

    async def account_of(self, claims: Claims) -> AccountRow:
        """The account of a subject, new where there was none.

        Raises Unauthorized when it was removed.
        """
        key = {"issuer": self._issuer, "subject": claims["sub"]}
        address = self._address(claims)
        rows = await self._identities.fetch(KNOWN, key)
        if not rows:
            await self._begin(claims["sub"], address)
            rows = await self._identities.fetch(KNOWN, key)
        account_id = cast(UUID, rows[0][0])
        row = await self._directory.find(BY_ID, account_id)
        if row is None:
            raise Unauthorized("The access token is not valid")
        if address and row.email.endswith(NOWHERE):
            await self._learn(row, address)
        return row

    def _address(self, claims: Claims) -> str | None:
        """The address that a subject is known to have."""
        is_known = self._all_verified or is_verified(claims)
        return address_of(claims) if is_known else None

    async def _begin(self, subject: str, address: str | None) -> None:
        """Give a subject an account; two requests at once give it the same one."""
        account_id = uuid5(NAMESPACE_URL, f"{self._issuer}\n{subject}")
        linked = await self._linked(address) if address and self._links else None
        if linked is None:
            await self._create(account_id, address)
        row = IdentityRow(
            issuer=self._issuer,
            subject=subject,
            account_id=linked or account_id,
            created_at=datetime.now(UTC),
        )
        try:
            async with self._identities.transaction() as session:
                session.add(row)
        except Conflict:
            return  # another request was faster
        log.info("account_linked" if linked else "account_created")

    async def _linked(self, address: str) -> UUID | None:
        row = await self._directory.find(BY_EMAIL, address)
        return row.id if row else None

    async def _create(self, account_id: UUID, address: str | None) -> None:
        for email in (address, f"{account_id.hex}{NOWHERE}"):
            if email is None:
                continue
            row = AccountRow(id=account_id, email=email, password_hash="")
            try:
                async with self._accounts.transaction() as session:
                    session.add(row)
            except Conflict:
                if await self._directory.find(BY_ID, account_id):
                    return
                log.warning("address_of_another_account", account=str(account_id))
            else:
                return

    async def _learn(self, row: AccountRow, address: str) -> None:
        """Take over an address that was not known before, if it is free."""
        change = update(AccountRow).where(AccountRow.id == row.id)
        try:
            async with self._accounts.transaction() as session:
                await session.execute(change.values(email=address))
        except Conflict:
            return
        row.email = address
