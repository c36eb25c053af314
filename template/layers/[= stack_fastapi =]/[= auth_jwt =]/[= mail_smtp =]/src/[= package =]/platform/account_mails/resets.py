"""Resets of passwords: an account has one token at most, which is good for one use."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, select, update

from ..auth.random_secrets import new_secret, secret_hash
from ..columns import utc_now
from ..database import Database
from ..errors import Conflict
from .errors import ResetTokenInvalid
from .model import ResetRow

# An account gets no more mails than this, however often anybody asks.
PAUSE: Final = timedelta(minutes=1)
GOOD: Final = cast(
    Select[Any],
    select(ResetRow.account_id).where(
        ResetRow.token_hash == bindparam("token_hash"),
        ResetRow.expires_at > bindparam("now"),
    ),
)


class Resets:
    """The resets of one database, of whose tokens it has hashes only."""

    def __init__(
        self,
        database: Database,
        minutes: int,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.now = now
        self._database = database
        self._lifetime = timedelta(minutes=minutes)

    async def begin(self, account_id: UUID, request_id: str) -> str | None:
        """Return a new token for an account, whose other one is void from now on.

        None where the mail of this request was sent already, or another request was
        made less than PAUSE ago. Forgets what is over, of all accounts.
        """
        now, secret = self.now(), new_secret()
        made = ResetRow(
            account_id=account_id,
            request_id=request_id,
            token_hash=secret_hash(secret),
            asked_at=now,
            sent_at=None,
            expires_at=now + self._lifetime,
        )
        try:
            async with self._database.transaction() as session:
                over = delete(ResetRow).where(ResetRow.expires_at <= now)
                await session.execute(over)
                known = await session.get(ResetRow, account_id, with_for_update=True)
                if known is not None and not _gives_way(known, request_id, now):
                    return None
                await session.merge(made)
        except Conflict:
            # another request is about to send its mail
            return None
        return secret

    async def sent(self, account_id: UUID, request_id: str) -> None:
        """Note that a mail server has the mail of a request."""
        change = update(ResetRow).where(
            ResetRow.account_id == account_id, ResetRow.request_id == request_id
        )
        async with self._database.transaction() as session:
            await session.execute(change.values(sent_at=self.now()))

    async def check(self, token: str) -> None:
        """Return where a token is good. Raises ResetTokenInvalid."""
        wanted = {"token_hash": secret_hash(token), "now": self.now()}
        if not await self._database.fetch(GOOD, wanted):
            raise _refused()

    async def use(self, token: str) -> UUID:
        """Use a token up; gives whose it is.

        Raises ResetTokenInvalid, with the same words for every reason.
        """
        this = delete(ResetRow).where(
            ResetRow.token_hash == secret_hash(token), ResetRow.expires_at > self.now()
        )
        async with self._database.transaction() as session:
            used: UUID | None = await session.scalar(
                this.returning(ResetRow.account_id)
            )
        if used is None:
            raise _refused()
        return used


def _gives_way(known: ResetRow, request_id: str, now: datetime) -> bool:
    """Whether a request may take the place of the one that is there."""
    if known.request_id == request_id:
        return known.sent_at is None
    return known.asked_at <= now - PAUSE


def _refused() -> ResetTokenInvalid:
    return ResetTokenInvalid("The link is not valid, or no longer: ask for a new one")
