"""The issuer's public keys: remembered, and fetched again when one is unknown."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from ..auth.oidc_settings import OidcSettings
from ..logging import get_logger
from .issuer import Issuer, IssuerAway

# An unknown key makes the keys be fetched; so often, whatever ids callers make up.
SECONDS_BETWEEN: Final = 10.0

log = get_logger(__name__)


class UnknownKey(ValueError):
    """The issuer has no key of that id."""


class IssuerKeys:
    """The keys of one issuer.

    They are fetched when the first is asked for, when one is asked for that is not
    among them, and when they are older than a setting says; never by two requests at
    once. While the issuer is away, old ones go on.
    """

    def __init__(
        self,
        issuer: Issuer,
        settings: OidcSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._fresh_seconds = settings.oidc_keys_seconds
        self._kept_seconds = self._fresh_seconds + (
            settings.oidc_keys_without_issuer_seconds
        )
        self._clock = clock
        self._keys: dict[str | None, Key] = {}
        self._fetched: float | None = None
        self._tried = -SECONDS_BETWEEN
        self._turn = asyncio.Lock()

    async def find(self, key_id: str | None) -> Key:
        """The key of an id, or the only one where a token names none.

        Raises UnknownKey, and IssuerAway while no keys are known.
        """
        key = self._known(key_id)
        if key is not None and self._age() < self._fresh_seconds:
            return key
        await self._fetch(is_missing=key is None)
        if self._age() > self._kept_seconds:
            raise IssuerAway
        key = self._known(key_id)
        if key is None:
            raise UnknownKey(key_id)
        return key

    async def ping(self) -> None:
        """Return when there are keys to check tokens with; raises IssuerAway."""
        if self._age() >= self._fresh_seconds:
            await self._fetch(is_missing=not self._keys)
        if self._age() > self._kept_seconds:
            raise IssuerAway

    def _known(self, key_id: str | None) -> Key | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _age(self) -> float:
        """The seconds since the keys were fetched."""
        if self._fetched is None:
            return float("inf")
        return self._clock() - self._fetched

    async def _fetch(self, *, is_missing: bool) -> None:
        """Fetch the keys, unless that was done or tried a moment ago."""
        asked = self._clock()
        if self._fetched is not None and not is_missing and self._turn.locked():
            return  # the old key is good enough while another request fetches
        async with self._turn:
            is_recent = self._clock() - self._tried < SECONDS_BETWEEN
            if self._tried > asked or (self._fetched is not None and is_recent):
                return
            self._tried = self._clock()
            try:
                found = await self._issuer.keys()
            except IssuerAway:
                return
            self._keys = _usable(found)
            self._fetched = self._clock()
            log.info("issuer_keys_fetched", keys=len(self._keys))


def _usable(found: Mapping[str, Any]) -> dict[str | None, Key]:
    """The keys of a set that signatures can be checked with, by id."""
    keys: dict[str | None, Key] = {}
    listed = found.get("keys")
    for item in listed if isinstance(listed, list) else []:
        if not isinstance(item, dict) or item.get("use", "sig") != "sig":
            continue
        try:
            key = import_key(item)
        except (JoseError, ValueError, TypeError):
            continue  # RFC 7517, section 5: of a kind that is not understood
        # a secret among public keys is nobody's secret
        if isinstance(key, RSAKey | ECKey | OKPKey):
            keys[item.get("kid")] = key
    return keys
