"""Access tokens taken apart and made anew, as somebody would who wants to get in."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace

from .profile import Json

Part = dict[str, Json]


@dataclass(frozen=True)
class Token:
    """A JSON Web Token: what it says, and how it is signed."""

    header: Part
    claims: Part
    signature: str = ""

    def __str__(self) -> str:
        return f"{self._signed()}.{self.signature}"

    def signed(self, secret: str, digest: str = "sha256") -> "Token":
        """The token with the HMAC of a secret."""
        made = hmac.new(secret.encode(), self._signed().encode(), digest).digest()
        return replace(self, signature=_encoded(made))

    def saying(self, **claims: Json) -> "Token":
        """The token with other claims; those that are None are left out."""
        changed: Part = self.claims | claims
        changed = {k: v for k, v in changed.items() if v is not None}
        return replace(self, claims=changed)

    def headed(self, **header: Json) -> "Token":
        """The token with another header; what is None is left out."""
        changed: Part = self.header | header
        changed = {k: v for k, v in changed.items() if v is not None}
        return replace(self, header=changed)

    def _signed(self) -> str:
        parts = (self.header, self.claims)
        return ".".join(_encoded(json.dumps(part).encode()) for part in parts)


def read_token(text: str) -> Token:
    """Take a token apart."""
    header, claims, signature = text.split(".")
    return Token(_decoded(header), _decoded(claims), signature)


def key_id(secret: str) -> str:
    """A made-up id for a key."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(part: str) -> Part:
    found: Part = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
