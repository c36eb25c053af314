"""URLs that are good for one method, one key and a time."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode

from ..errors import Forbidden

SIGNATURE: Final = "signature"
EXPIRES: Final = "expires"


class UrlRefused(Forbidden):
    """A URL is used as it was signed, before it expires."""

    code = "url_refused"


class UrlSigner:
    """Signs what a URL says, and knows what it has signed (HMAC-SHA256)."""

    def __init__(self, secret: str, base_url: str) -> None:
        self._secret = secret.encode()
        self._base_url = base_url

    def url(self, method: str, key: str, expires: int, terms: Mapping[str, str]) -> str:
        """A URL that is good until a moment, in seconds since 1970."""
        said = {**terms, EXPIRES: str(expires)}
        query = urlencode({**said, SIGNATURE: self._signature(method, key, said)})
        return f"{self._base_url}/{quote(key)}?{query}"

    def check(
        self, method: str, key: str, query: Mapping[str, str], now: float
    ) -> None:
        """Raises UrlRefused unless the URL is one of ours, and still good."""
        said = {name: value for name, value in query.items() if name != SIGNATURE}
        given = query.get(SIGNATURE, "").encode()
        wanted = self._signature(method, key, said).encode()
        if not hmac.compare_digest(given, wanted) or now >= int(said[EXPIRES]):
            raise UrlRefused("The URL is not valid, or no longer")

    def _signature(self, method: str, key: str, said: Mapping[str, str]) -> str:
        # a query cannot say one thing in two ways: it is encoded anew, in order
        text = f"{method}\n{key}\n{urlencode(sorted(said.items()))}"
        return hmac.new(self._secret, text.encode(), sha256).hexdigest()
