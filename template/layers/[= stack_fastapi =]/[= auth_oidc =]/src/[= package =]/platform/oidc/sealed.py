"""Text that only this service can read and make: in cookies, and in the database."""

import json
from hashlib import sha256
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import SecretStr

ALGORITHMS: Final = ("dir", "A256GCM")


class Seal:
    """Encrypts and decrypts small objects for one use, with one of several secrets.

    The key follows from the first secret; what others of them sealed is read as well.
    """

    def __init__(self, use: str, *secrets: SecretStr) -> None:
        self._keys = [_key(use, secret) for secret in secrets]

    def close(self, content: dict[str, str]) -> str:
        """Return the content as text that tells nothing."""
        header = dict(zip(("alg", "enc"), ALGORITHMS, strict=True))
        plain = json.dumps(content).encode()
        return jwe.encrypt_compact(header, plain, self._keys[0], list(ALGORITHMS))

    def open(self, text: str) -> dict[str, Any] | None:
        """Return the content; None where it was not sealed here for this use."""
        for key in self._keys:
            try:
                opened = jwe.decrypt_compact(text, key, list(ALGORITHMS))
                found = json.loads(opened.plaintext or b"")
            except (JoseError, ValueError):
                continue
            return found if isinstance(found, dict) else None
        return None


def _key(use: str, secret: SecretStr) -> OctKey:
    """A key for one use: whoever has one has none of the others."""
    text = f"{use}:{secret.get_secret_value()}"
    return OctKey.import_key(sha256(text.encode()).digest())
