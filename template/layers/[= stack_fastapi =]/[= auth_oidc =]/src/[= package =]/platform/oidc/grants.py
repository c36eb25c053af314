"""What the issuer grants: at a login by code and PKCE, and when it is renewed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..auth.oidc_settings import OidcSettings
from ..errors import Unauthorized
from ..logging import get_logger
from .claims import Claims, RoleReader, scopes_of
from .issuer import Issuer, Refused
from .tokens import BadToken, IssuerTokens

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login may do, and for how many seconds that is certain.

    `identity` are the claims of the ID token, which a renewal need not bring; `roles`
    is None where no token tells.
    """

    identity: Claims | None
    roles: tuple[str, ...] | None
    scopes: frozenset[str]
    refresh_token: str
    seconds: int


class Grants:
    """Asks the issuer for tokens, reads them, and keeps none but the refresh token."""

    def __init__(
        self, issuer: Issuer, tokens: IssuerTokens, settings: OidcSettings
    ) -> None:
        self._issuer = issuer
        self._tokens = tokens
        self._roles = RoleReader(settings.oidc_roles_claim, settings.oidc_role_names)
        self._asked = settings.oidc_scopes

    async def of_code(
        self, code: str, *, verifier: str, nonce: str, redirect_uri: str
    ) -> tuple[Claims, Grant]:
        """Exchange the code of a login: claims of its ID token, and what is granted.

        Raises Refused, BadToken and IssuerAway.
        """
        answer = await self._issuer.tokens(
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=redirect_uri,
        )
        grant = await self._read(answer, nonce)
        if grant.identity is None:
            raise BadToken("no ID token")
        return grant.identity, grant

    async def renewed(self, refresh_token: str) -> Grant:
        """Exchange a refresh token; raises Refused, BadToken and IssuerAway."""
        answer = await self._issuer.tokens(
            grant_type="refresh_token", refresh_token=refresh_token
        )
        return await self._read(answer, None)

    async def _read(self, answer: Mapping[str, Any], nonce: str | None) -> Grant:
        identity = None
        if isinstance(signed := answer.get("id_token"), str):
            identity = await self._tokens.identity(signed, nonce)
        access = await self._access(answer.get("access_token"))
        if identity and access and identity["sub"] != access["sub"]:
            raise BadToken("tokens of two subjects")
        # an access token that is not for this service is none of its business
        claims = access or identity
        said = answer if "scope" in answer else access or {"scope": self._asked}
        return Grant(
            identity=identity,
            roles=self._roles.roles(claims) if claims else None,
            scopes=scopes_of(said),
            refresh_token=_text(answer.get("refresh_token")),
            seconds=_seconds(answer.get("expires_in")),
        )

    async def _access(self, token: object) -> Claims | None:
        if not isinstance(token, str):
            raise Refused("no_access_token")
        try:
            return await self._tokens.access(token)
        except Unauthorized:
            return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: object) -> int:
    """RFC 6749, section 5.1: it may be left out. Never less than a minute."""
    return max(int(value), 60) if isinstance(value, int | float) else 300
