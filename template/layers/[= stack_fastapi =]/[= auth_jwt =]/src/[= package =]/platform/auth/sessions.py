"""Logins that go on: refresh tokens, each of which is good for one use."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, update

from ..accounts.model import AccountRow, SessionRow
from ..database import Database
from ..errors import Unauthorized
from ..logging import get_logger
from .login_settings import LoginSettings
from .random_secrets import new_secret, secret_hash

# Logins of one account beyond this many end the oldest.
MOST_SESSIONS: Final = 50

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What renews a login once, and the moment from which nothing does."""

    text: str
    expires_at: datetime

    @property
    def seconds(self) -> int:
        """The seconds that are left."""
        return int((self.expires_at - datetime.now(UTC)).total_seconds())


class Sessions:
    """The logins of one database.

    A session is all tokens that came of one login, and keeps a hash of the newest. Its
    end is fixed at login, however often it is renewed.
    """

    def __init__(self, database: Database, settings: LoginSettings) -> None:
        self._database = database
        self._lifetime = timedelta(days=settings.refresh_token_days)

    async def start(self, account_id: UUID) -> RefreshToken:
        """Begin a session; forgets those of the account that are over."""
        now, secret = datetime.now(UTC), new_secret()
        row = SessionRow(
            id=uuid4(),
            account_id=account_id,
            token_hash=secret_hash(secret),
            created_at=now,
            expires_at=now + self._lifetime,
        )
        mine = SessionRow.account_id == account_id
        newest_first = SessionRow.created_at.desc()
        surplus = select(SessionRow.id).where(mine).order_by(newest_first)
        surplus = surplus.offset(MOST_SESSIONS - 1)
        async with self._database.transaction() as session:
            over = or_(SessionRow.expires_at <= now, SessionRow.id.in_(surplus))
            await session.execute(delete(SessionRow).where(mine, over))
            session.add(row)
        return RefreshToken(_text(row.id, secret), row.expires_at)

    async def renew(self, token: str) -> tuple[AccountRow, RefreshToken]:
        """Exchange a refresh token for the next one of its session.

        A token that was used before is in two hands, one of them a thief's perhaps: it
        ends the session. Raises Unauthorized, with the same words for every reason.
        """
        session_id, hashed = _parts(token)
        now, secret = datetime.now(UTC), new_secret()
        this = SessionRow.id == session_id
        current = (SessionRow.token_hash == hashed, SessionRow.expires_at > now)
        async with self._database.transaction() as session:
            renewed = (
                await session.execute(
                    update(SessionRow)
                    .where(this, *current)
                    .values(token_hash=secret_hash(secret))
                    .returning(SessionRow.account_id, SessionRow.expires_at)
                )
            ).one_or_none()
            if renewed is not None:
                account = await session.get_one(AccountRow, renewed.account_id)
                fresh = RefreshToken(_text(session_id, secret), renewed.expires_at)
                return account, fresh
            ended = await session.scalar(
                delete(SessionRow).where(this).returning(SessionRow.expires_at)
            )
        # after the transaction: an error inside would bring the session back
        if ended is not None and ended > now:
            log.warning("refresh_token_reused", session=str(session_id))
        raise _refused()

    async def end(self, token: str) -> None:
        """End the session of a refresh token; one that is over stays over."""
        try:
            session_id, _ = _parts(token)
        except Unauthorized:
            return
        async with self._database.transaction() as session:
            await session.execute(delete(SessionRow).where(SessionRow.id == session_id))

    async def end_all(self, account_id: UUID) -> None:
        """End every session of an account."""
        mine = SessionRow.account_id == account_id
        async with self._database.transaction() as session:
            await session.execute(delete(SessionRow).where(mine))


def _refused() -> Unauthorized:
    return Unauthorized("The refresh token is not valid")


def _text(session_id: UUID, secret: str) -> str:
    return f"{session_id.hex}.{secret}"


def _parts(token: str) -> tuple[UUID, str]:
    """The session that a token names and the hash of its secret."""
    name, _, secret = token.partition(".")
    try:
        return UUID(name), secret_hash(secret)
    except ValueError as error:
        raise _refused() from error
