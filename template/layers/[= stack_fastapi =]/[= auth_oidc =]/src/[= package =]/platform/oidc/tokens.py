"""Tokens of the issuer: who signed them, for whom, when, and for what use."""

import json
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from ..auth.oidc_settings import OidcSettings
from ..errors import Unauthorized
from .keys import IssuerKeys, UnknownKey

# RFC 9068, section 2.1; other issuers write JWT, or nothing.
ACCESS_TYPES: Final = ("at+jwt", "application/at+jwt", "jwt")
DECLARED: Final = ACCESS_TYPES[:2]
# What only ID tokens have (OpenID Connect Core, sections 2 and 3.3.2.11).
OF_ID_TOKENS: Final = ("nonce", "at_hash", "c_hash")
LONGEST_TOKEN: Final = 16_384
LONGEST_SUBJECT: Final = 255
BAD: Final = "The access token is not valid"


class BadToken(ValueError):
    """A token with a fault: which one, for the log."""


class IssuerTokens:
    """Reads what one issuer signs, for this service and for the client that it is."""

    def __init__(self, keys: IssuerKeys, settings: OidcSettings) -> None:
        self._keys = keys
        self._algorithms = settings.oidc_algorithms
        self._client_id = settings.oidc_client_id
        self._registry = JWSRegistry(
            algorithms=list(self._algorithms), strict_check_header=False
        )
        self._registry.max_header_length = LONGEST_TOKEN
        self._for_service = self._rules(settings, settings.oidc_audience)
        self._for_client = self._rules(settings, settings.oidc_client_id)
        if "EdDSA" in self._algorithms:
            # the name that issuers still use; it would be written beside the log
            warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)

    async def access(self, token: str) -> Mapping[str, Any]:
        """The claims of an access token for this service.

        Raises Unauthorized, with the same words for every reason, and IssuerAway.
        """
        try:
            header, claims = await self._signed(token)
            self._for_service.validate(claims)
            _check_subject(claims)
            _check_is_access(header, claims)
        except (JoseError, ValueError) as error:
            raise Unauthorized(BAD) from error
        return claims

    async def identity(self, token: str, nonce: str | None) -> Mapping[str, Any]:
        """The claims of the ID token of a login that was begun with a nonce.

        Without one it is that of a renewal, which need not repeat it. Raises BadToken
        and IssuerAway. See OpenID Connect Core, sections 3.1.3.7 and 12.2.
        """
        try:
            _, claims = await self._signed(token)
            self._for_client.validate(claims)
            _check_subject(claims)
        except (JoseError, ValueError) as error:
            raise BadToken(str(error)) from error
        if nonce is not None and claims.get("nonce") != nonce:
            raise BadToken("another nonce")
        audience, party = claims["aud"], claims.get("azp")
        is_shared = isinstance(audience, list) and len(audience) > 1
        if (is_shared or party is not None) and party != self._client_id:
            raise BadToken("another party")
        return claims

    def _rules(self, settings: OidcSettings, audience: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=settings.oidc_clock_skew_seconds,
            iss={"essential": True, "value": settings.oidc_issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    async def _signed(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token that the issuer has signed."""
        header = header_of(token)
        if header.get("alg") not in self._algorithms:
            # before its key is looked for: no name of a key is worth a fetch
            raise BadToken("another algorithm")
        key: Key = await self._keys.find(_key_id(header))
        decoded = jwt.decode(token, key, registry=self._registry)
        return decoded.header, decoded.claims


def header_of(token: str) -> dict[str, Any]:
    """The header of a token, which nobody has checked; raises BadToken."""
    if len(token) > LONGEST_TOKEN:
        raise BadToken("too long")
    part, _, _ = token.partition(".")
    try:
        header = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise BadToken("no token") from error
    if not isinstance(header, dict):
        raise BadToken("no token")
    return header


def _key_id(header: Mapping[str, Any]) -> str | None:
    key_id = header.get("kid")
    if key_id is not None and not isinstance(key_id, str):
        raise UnknownKey("no id")
    return key_id


def _check_subject(claims: Mapping[str, Any]) -> None:
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise BadToken("no subject")


def _check_is_access(header: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    """Refuse what the issuer has signed for another use."""
    kind = str(header.get("typ", ACCESS_TYPES[0])).lower()
    if kind not in ACCESS_TYPES:
        raise BadToken("another type")
    is_declared = "typ" in header and kind in DECLARED
    # Keycloak says in a claim which of its tokens it is
    if claims.get("typ") in ("ID", "Refresh", "Logout") or (
        not is_declared and any(name in claims for name in OF_ID_TOKENS)
    ):
        raise BadToken("no access token")
