"""Logins of browsers: to the issuer, and back (RFC 6749, 7636, 9207 and 9700)."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from time import time as now
from typing import Final
from urllib.parse import urlencode

from ..auth.oidc_settings import OidcSettings
from ..auth.random_secrets import new_secret
from ..errors import BadRequest, Unauthorized
from ..logging import get_logger
from .claims import Claims
from .grants import Grant, Grants
from .issuer import Issuer, Refused
from .sealed import Seal
from .tokens import BadToken

SECONDS: Final = 600
NOT_OURS: Final = "This login was not begun in this browser, or too long ago"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the cookie that it comes back with."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Callback:
    """What the issuer sends a browser back with."""

    state: str
    code: str | None
    error: str | None
    issuer: str | None


@dataclass(frozen=True, slots=True)
class Finished:
    """Who it is, what was granted, the state that is used up, and where to go on."""

    identity: Claims
    grant: Grant
    state: str
    return_to: str


class Logins:
    """Logins on their way. The browser carries their state, sealed in a cookie."""

    def __init__(
        self,
        issuer: Issuer,
        grants: Grants,
        seal: Seal,
        settings: OidcSettings,
        callback_url: str,
    ) -> None:
        self._issuer = issuer
        self._grants = grants
        self._seal = seal
        self._client_id = settings.oidc_client_id
        self._scopes = settings.oidc_scopes
        self._callback_url = callback_url

    async def begin(self, return_to: str) -> Begun:
        """Send a browser to the issuer; raises IssuerAway."""
        metadata = await self._issuer.metadata()
        state, nonce, verifier = new_secret(), new_secret(), new_secret()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._callback_url,
            "scope": self._scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        url = f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"
        cookie = self._seal.close(
            {
                "state": state,
                "nonce": nonce,
                "verifier": verifier,
                "return_to": return_to,
                "until": str(int(now()) + SECONDS),
            }
        )
        return Begun(url, cookie)

    async def finish(self, cookie: str | None, callback: Callback) -> Finished:
        """Take a browser back that has the cookie of a login.

        Raises BadRequest where it was not begun there, Unauthorized where the issuer
        has not let anybody in, and IssuerAway.
        """
        begun = self._seal.open(cookie) if cookie else None
        if begun is None or int(begun["until"]) < now():
            raise BadRequest(NOT_OURS)
        if not compare_digest(begun["state"].encode(), callback.state.encode()):
            raise BadRequest(NOT_OURS)
        metadata = await self._issuer.metadata()
        is_named = metadata.authorization_response_iss_parameter_supported
        if callback.issuer != metadata.issuer and (is_named or callback.issuer):
            raise BadRequest("This answer is of another issuer")
        if callback.code is None:
            log.info("login_refused", reason=callback.error)
            raise Unauthorized("The issuer has let nobody in")
        try:
            identity, grant = await self._grants.of_code(
                callback.code,
                verifier=begun["verifier"],
                nonce=begun["nonce"],
                redirect_uri=self._callback_url,
            )
        except (Refused, BadToken) as error:
            log.warning("login_refused", reason=str(error))
            raise Unauthorized("The login could not be completed") from None
        return Finished(identity, grant, begun["state"], begun["return_to"])


def challenge_of(verifier: str) -> str:
    """RFC 7636, section 4.2: S256."""
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
