"""Browsers that are logged in: a random cookie each, and what was granted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, delete, or_, select, update

from ..auth.oidc_settings import OidcSettings
from ..auth.random_secrets import new_secret, secret_hash
from ..database import Database
from ..errors import BadRequest, Conflict, Unauthorized
from ..logging import get_logger
from .grants import Grant, Grants
from .issuer import IssuerAway, Refused
from .logins import NOT_OURS
from .model import BrowserSessionRow
from .sealed import Seal
from .tokens import BadToken

Row = BrowserSessionRow

# Logins of one account beyond this many end the oldest.
MOST_SESSIONS: Final = 50
# Who renews a session has so long for it; others go on with what it had.
SECONDS_TO_RENEW: Final = 30
VALID: Final = cast(
    Select[Any],
    select(
        Row.id, Row.account_id, Row.roles, Row.scopes, Row.refresh_token, Row.renew_at
    ).where(
        Row.id == bindparam("id"),
        Row.secret_hash == bindparam("secret_hash"),
        Row.expires_at > bindparam("now"),
    ),
)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A session: whose it is, and what the issuer has granted."""

    id: UUID
    account_id: UUID
    roles: tuple[str, ...]
    scopes: frozenset[str]


class BrowserSessions:
    """The sessions of one database. Their end is fixed when they begin."""

    def __init__(
        self, database: Database, grants: Grants, seal: Seal, settings: OidcSettings
    ) -> None:
        self._database = database
        self._grants = grants
        self._seal = seal
        self.seconds = settings.oidc_session_hours * 3600

    async def start(self, account_id: UUID, grant: Grant, state: str) -> str:
        """Begin a session, and return the value of its cookie.

        Raises BadRequest when the state was used before.
        """
        now, secret = datetime.now(UTC), new_secret()
        expires_at = now + timedelta(seconds=self.seconds)
        row = Row(
            id=uuid4(),
            secret_hash=secret_hash(secret),
            login_hash=secret_hash(state),
            account_id=account_id,
            created_at=now,
            expires_at=expires_at,
            roles=" ".join(grant.roles or ()),
            scopes=" ".join(sorted(grant.scopes)),
            refresh_token=self._sealed(grant.refresh_token),
            renew_at=_renewal(grant, now) or expires_at,
        )
        mine = Row.account_id == account_id
        surplus = select(Row.id).where(mine).order_by(Row.created_at.desc())
        surplus = surplus.offset(MOST_SESSIONS - 1)
        try:
            async with self._database.transaction() as session:
                over = or_(Row.expires_at <= now, Row.id.in_(surplus))
                await session.execute(delete(Row).where(mine, over))
                session.add(row)
        except Conflict:
            raise BadRequest(NOT_OURS) from None
        return f"{row.id.hex}.{secret}"

    async def read(self, cookie: str) -> BrowserSession:
        """The session of a cookie, renewed at the issuer when it is time.

        While the issuer is away it goes on as it is. Raises Unauthorized.
        """
        name, _, secret = cookie.partition(".")
        try:
            wanted = {"id": UUID(name), "secret_hash": secret_hash(secret)}
        except ValueError as error:
            raise _over() from error
        now = datetime.now(UTC)
        rows = await self._database.fetch(VALID, wanted | {"now": now})
        if not rows:
            raise _over()
        row = Row(**dict(zip(VALID.exported_columns.keys(), rows[0], strict=True)))
        if row.renew_at <= now and row.refresh_token:
            await self._renew(row, now)
        scopes = frozenset(row.scopes.split())
        return BrowserSession(row.id, row.account_id, tuple(row.roles.split()), scopes)

    async def end(self, cookie: str) -> str | None:
        """End a session; gives its refresh token, where it has one."""
        name, _, secret = cookie.partition(".")
        try:
            this = Row.id == UUID(name)
        except ValueError:
            return None
        ended = delete(Row).where(this, Row.secret_hash == secret_hash(secret))
        async with self._database.transaction() as session:
            sealed = await session.scalar(ended.returning(Row.refresh_token))
        return self._opened(sealed) if sealed else None

    async def end_all(self, account_id: UUID) -> None:
        """End every session of an account."""
        async with self._database.transaction() as session:
            await session.execute(delete(Row).where(Row.account_id == account_id))

    async def _renew(self, row: BrowserSessionRow, now: datetime) -> None:
        """Exchange the refresh token, which is good for one use, once."""
        this = update(Row).where(Row.id == row.id)
        until = now + timedelta(seconds=SECONDS_TO_RENEW)
        turn = this.where(Row.renew_at == row.renew_at).values(renew_at=until)
        async with self._database.transaction() as session:
            if await session.scalar(turn.returning(Row.id)) is None:
                return
        try:
            grant = await self._grants.renewed(self._opened(row.refresh_token) or "")
        except IssuerAway:
            return
        except (Refused, BadToken) as error:
            log.info("browser_session_ended", reason=str(error))
            async with self._database.transaction() as session:
                await session.execute(delete(Row).where(Row.id == row.id))
            raise _over() from None
        if grant.roles is not None:
            row.roles = " ".join(grant.roles)
        row.scopes = " ".join(sorted(grant.scopes))
        if grant.refresh_token:
            row.refresh_token = self._sealed(grant.refresh_token)
        renewed = this.values(
            roles=row.roles,
            scopes=row.scopes,
            refresh_token=row.refresh_token,
            renew_at=now + timedelta(seconds=grant.seconds),
        )
        async with self._database.transaction() as session:
            await session.execute(renewed)

    def _sealed(self, token: str) -> str:
        return self._seal.close({"token": token}) if token else ""

    def _opened(self, sealed: str) -> str | None:
        """The refresh token; None where the secret that sealed it is gone."""
        opened = self._seal.open(sealed) if sealed else None
        return opened["token"] if opened else None


def _renewal(grant: Grant, now: datetime) -> datetime | None:
    return now + timedelta(seconds=grant.seconds) if grant.refresh_token else None


def _over() -> Unauthorized:
    return Unauthorized("This login is over")
