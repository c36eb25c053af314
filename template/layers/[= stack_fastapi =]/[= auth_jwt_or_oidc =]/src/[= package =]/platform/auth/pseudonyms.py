"""What logs call an account: neither its id nor its address, and always the same."""

from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Final

from pydantic import SecretStr

REMEMBERED: Final = 1000


class Pseudonyms:
    """Names that nobody can tell an account by who has not the secret."""

    def __init__(self, secret: SecretStr) -> None:
        text = secret.get_secret_value()
        self._key = sha256(b"pseudonyms:" + text.encode()).digest()
        self.of = lru_cache(REMEMBERED)(self._make)

    def _make(self, subject: str) -> str:
        hashed = blake2b(subject.encode(), key=self._key, digest_size=8)
        return hashed.hexdigest()
