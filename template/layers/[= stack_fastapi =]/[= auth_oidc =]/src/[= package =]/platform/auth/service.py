"""Use cases of accounts: whom a token names, log in and out of a browser."""

import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urljoin
from uuid import UUID

from ..accounts.model import AccountRow
from ..database import Database
from ..errors import Unauthorized
from ..oidc.browser_sessions import BrowserSessions
from ..oidc.claims import RoleReader, client_of, is_of_client, scopes_of
from ..oidc.grants import Grants
from ..oidc.identities import Identities
from ..oidc.issuer import Issuer, IssuerAway, Refused
from ..oidc.keys import IssuerKeys
from ..oidc.logins import Begun, Callback, Logins
from ..oidc.principal import TokenCaller
from ..oidc.sealed import Seal
from ..oidc.tokens import BAD, BadToken, IssuerTokens, header_of
from ..routing import PLATFORM
from .directory import BY_ID, Directory
from .oidc_settings import OidcSettings
from .principal import ROLES, Principal
from .tokens import ALGORITHM

REMEMBERED: Final = 1000
# What was granted here, and keys that the issuer has dropped, are noticed after it.
MOST_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class _Checked:
    """Whom a token names, and until when that need not be asked again."""

    principal: Principal
    until: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A browser that is logged in: its cookie, and the URL that it wants to."""

    cookie: str
    url: str


class Accounts(Directory):
    """The accounts of one database, whom an issuer tells apart."""

    def __init__(
        self, database: Database, identities: Database, settings: OidcSettings
    ) -> None:
        super().__init__(database, settings)
        self._home = urljoin(settings.public_url, "/")
        self._client_id = settings.oidc_client_id
        self._issuer = Issuer(settings)
        self._issuer_keys = IssuerKeys(self._issuer, settings)
        self._issued = IssuerTokens(self._issuer_keys, settings)
        self._roles = RoleReader(settings.oidc_roles_claim, settings.oidc_role_names)
        self._identities = Identities(database, identities, self, settings)
        grants = Grants(self._issuer, self._issued, settings)
        secrets = (settings.jwt_secret, *settings.jwt_accepted_secrets)
        callback = f"{settings.public_url}{PLATFORM}/auth/callback"
        self._logins = Logins(
            self._issuer, grants, Seal("login", *secrets), settings, callback
        )
        self.browsers = BrowserSessions(
            identities, grants, Seal("refresh token", *secrets), settings
        )
        self._known: OrderedDict[str, _Checked] = OrderedDict()

    async def ping(self) -> None:
        """Return when tokens can be checked; raises IssuerAway."""
        await self._issuer_keys.ping()

    async def close(self) -> None:
        """Close the connections to the issuer."""
        await self._issuer.close()

    async def by_token(self, token: str) -> Principal:
        """Return whom an access token names: one of the issuer's, or our own.

        One that was checked is remembered for a minute. Raises Unauthorized, with the
        same words for every reason, and IssuerAway while no keys are known.
        """
        known = self._known.get(token)
        if known is not None and known.until > time.time():
            return known.principal
        try:
            is_ours = header_of(token).get("alg") == ALGORITHM
        except BadToken as error:
            raise Unauthorized(BAD) from error
        if is_ours:
            # of another process of this service, which has checked who calls
            return self.tokens.read(token)
        claims = await self._issued.access(token)
        row = await self._identities.account_of(claims)
        principal = TokenCaller(
            subject=str(row.id),
            email=row.email,
            roles=_together(row.role, self._roles.roles(claims)),
            scopes=scopes_of(claims),
            client=client_of(claims),
            is_client=is_of_client(claims),
        )
        if len(self._known) >= REMEMBERED:
            self._known.popitem(last=False)
        until = min(claims["exp"], time.time() + MOST_SECONDS)
        self._known[token] = _Checked(principal, until)
        return principal

    async def by_cookie(self, cookie: str) -> Principal:
        """Return who is logged in in a browser. Raises Unauthorized."""
        session = await self.browsers.read(cookie)
        row = await self._find_account(session.account_id)
        return TokenCaller(
            subject=str(row.id),
            email=row.email,
            roles=_together(row.role, session.roles),
            scopes=session.scopes,
            client=self._client_id,
        )

    async def begin_login(self, return_to: str) -> Begun:
        """Send a browser to the issuer; raises IssuerAway."""
        return await self._logins.begin(return_to)

    async def finish_login(self, cookie: str | None, callback: Callback) -> Opened:
        """Let a browser in that comes back from the issuer.

        Raises BadRequest where the login was not begun in it or is used up,
        Unauthorized where the issuer lets nobody in, and IssuerAway.
        """
        finished = await self._logins.finish(cookie, callback)
        row = await self._identities.account_of(finished.identity)
        opened = await self.browsers.start(row.id, finished.grant, finished.state)
        return Opened(opened, urljoin(self._home, finished.return_to))

    async def log_out(self, cookie: str | None) -> str | None:
        """End the login of a cookie, if there is one.

        Gives the URL at which the browser logs out of the issuer too, where it has one.
        """
        token = await self.browsers.end(cookie) if cookie else None
        try:
            metadata = await self._issuer.metadata()
        except IssuerAway:
            return None
        if token:
            with suppress(Refused, IssuerAway):
                await self._issuer.revoke(token)
        if metadata.end_session_endpoint is None:
            return None
        query = {
            "client_id": self._client_id,
            "post_logout_redirect_uri": self._home,
        }
        joint = "&" if "?" in metadata.end_session_endpoint else "?"
        return f"{metadata.end_session_endpoint}{joint}{urlencode(query)}"

    async def log_out_everywhere(self, subject: str) -> None:
        """End the logins of an account in all browsers; tokens live on."""
        await self.browsers.end_all(UUID(subject))

    async def _find_account(self, account_id: UUID) -> AccountRow:
        row = await self.find(BY_ID, account_id)
        if row is None:
            raise Unauthorized("This login is over")
        return row


def _together(granted: str, roles: tuple[str, ...]) -> tuple[str, ...]:
    """The role that was granted here and those of the issuer, the least first."""
    return tuple(role for role in ROLES if role == granted or role in roles)
