"""The issuer as others reach it: where its endpoints are, and calls to them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from ..auth.oidc_settings import OidcSettings, url_problem
from ..errors import AppError, Unavailable
from ..logging import get_logger

DISCOVERY: Final = "/.well-known/openid-configuration"
# A failure is believed for so long: an issuer that is away is not asked by everybody.
PAUSE_SECONDS: Final = 2.0
LARGEST_ANSWER: Final = 1_048_576

log = get_logger(__name__)


class IssuerAway(Unavailable):
    """The issuer does not answer, or not as one does: come again later."""

    def __init__(self) -> None:
        again = {"Retry-After": "2"}
        super().__init__("Logins cannot be checked at the moment", headers=again)


class Refused(Exception):
    """The issuer has answered with an error of OAuth: its code."""


class Metadata(BaseModel):
    """What its discovery document says (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    revocation_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class Issuer:
    """One issuer. Nothing connects before it is asked for something."""

    def __init__(
        self, settings: OidcSettings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._environment = settings.environment
        self._timeout = settings.oidc_timeout_seconds
        self._clock = clock
        self._metadata: Metadata | None = None
        self._away_until = 0.0
        self._was_away = False
        self._turn = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None

    async def metadata(self) -> Metadata:
        """Where its endpoints are, read once; raises IssuerAway."""
        if self._metadata is None:
            async with self._turn:
                if self._metadata is None:
                    self._metadata = await self._discover()
        return self._metadata

    async def keys(self) -> Mapping[str, Any]:
        """Its public keys as it has them now: a JWK set. Raises IssuerAway."""
        metadata = await self.metadata()
        return await self._asked("GET", metadata.jwks_uri)

    async def tokens(self, **form: str) -> Mapping[str, Any]:
        """What its token endpoint gives. Raises Refused, IssuerAway."""
        metadata = await self.metadata()
        return await self._posted(metadata.token_endpoint, form)

    async def revoke(self, refresh_token: str) -> None:
        """Tell it that a refresh token is not used any more, where it wants to know.

        Raises Refused, IssuerAway.
        """
        metadata = await self.metadata()
        if metadata.revocation_endpoint:
            form = {"token": refresh_token, "token_type_hint": "refresh_token"}
            await self._posted(metadata.revocation_endpoint, form)

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _discover(self) -> Metadata:
        found = await self._asked("GET", self.name.rstrip("/") + DISCOVERY)
        try:
            metadata = Metadata.model_validate(found)
        except ValidationError as error:
            raise self._away("its metadata is incomplete") from error
        if metadata.issuer != self.name:
            # section 4.3: or it might speak for somebody else
            raise self._away("its metadata names another issuer")
        for url in metadata.model_dump(exclude_none=True).values():
            if isinstance(url, str) and url_problem(
                url.partition("?")[0], self._environment
            ):
                raise self._away("its metadata names an endpoint without https")
        return metadata

    async def _posted(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Post a form with the client's credentials (RFC 6749, section 2.3)."""
        metadata = await self.metadata()
        sent = {**form, "client_id": self._client_id}
        if not self._secret:
            return await self._asked("POST", url, data=sent)
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            del sent["client_id"]
            # they are encoded before they are joined
            login = httpx.BasicAuth(*map(_encoded, (self._client_id, self._secret)))
            return await self._asked("POST", url, data=sent, auth=login)
        sent["client_secret"] = self._secret
        return await self._asked("POST", url, data=sent)

    async def _asked(self, method: str, url: str, **content: Any) -> Mapping[str, Any]:
        if self._clock() < self._away_until:
            raise IssuerAway
        try:
            async with self._client().stream(method, url, **content) as answer:
                body = await _bounded(answer)
            if answer.status_code >= 500:
                raise self._away(f"status {answer.status_code}")
            found = httpx.Response(answer.status_code, content=body).json()
        except (httpx.HTTPError, OSError) as error:
            raise self._away(type(error).__name__) from error
        except ValueError as error:
            if answer.is_success and not body:
                found = {}  # a revocation has nothing to say
            else:
                raise self._away("its answer is no JSON") from error
        if not isinstance(found, dict):
            raise self._away("its answer is no object")
        if method == "POST" and answer.is_client_error:
            raise Refused(str(found.get("error", answer.status_code))[:100])
        if not answer.is_success:
            raise self._away(f"status {answer.status_code}")
        if self._was_away:
            self._was_away = False
            log.info("issuer_back")
        return found

    def _away(self, reason: str) -> AppError:
        """The error to raise, and one warning until it is back."""
        self._away_until = self._clock() + PAUSE_SECONDS
        if not self._was_away:
            self._was_away = True
            log.warning("issuer_away", reason=reason)
        return IssuerAway()

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self._timeout)
        return self._http


async def _bounded(answer: httpx.Response) -> bytes:
    """The body, as long as it is one that an issuer would send; raises ValueError."""
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise ValueError("too large")
    return bytes(body)


def _encoded(text: str) -> str:
    return quote(text, safe="")
