"""The key ring: one key signs, several are accepted."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import GuestProtocol, OctKey
from pydantic import SecretStr

# Enough to tell a handful of keys apart; tokens carry it.
ID_LENGTH: Final = 16


class KeyRing:
    """The keys of the access tokens, each known by an id that tokens carry (`kid`)."""

    def __init__(self, signing: SecretStr, accepted: Sequence[SecretStr] = ()) -> None:
        self.signing = _key(signing)
        self._keys = {key.kid: key for key in (*map(_key, accepted), self.signing)}

    def find(self, token: GuestProtocol) -> OctKey:
        """Return the key that a token names; raises InvalidKeyIdError."""
        key = self._keys.get(token.headers().get("kid"))
        if key is None:
            raise InvalidKeyIdError("No such key")
        return key


def _key(secret: SecretStr) -> OctKey:
    """A key whose id follows from the secret: every process gives it the same one.

    The id helps nobody to find the secret: a signature tells as much about it.
    """
    text = secret.get_secret_value()
    digest = sha256(b"key id:" + text.encode()).hexdigest()
    return OctKey.import_key(text, {"kid": digest[:ID_LENGTH]})
