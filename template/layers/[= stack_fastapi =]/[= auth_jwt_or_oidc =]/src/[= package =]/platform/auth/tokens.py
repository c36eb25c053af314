"""Access tokens: signed, short-lived and checked without a look into the database."""

from collections import OrderedDict
from dataclasses import dataclass
from time import time
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import BaseModel, ValidationError

from ..errors import Unauthorized
from .keys import KeyRing
from .principal import Principal
from .settings import AuthSettings

ALGORITHM: Final = "HS256"
# RFC 9068: what else may ever be signed with these keys is no access token.
TYPE: Final = "at+jwt"
# How far the clocks of two machines may be apart.
LEEWAY_SECONDS: Final = 30
REMEMBERED: Final = 1000


class _Claims(BaseModel):
    sub: UUID
    email: str
    roles: list[str]
    exp: int


@dataclass(frozen=True, slots=True)
class _Checked:
    """Whom a valid token names, and the second in which it expires."""

    principal: Principal
    until: int


class Tokens:
    """Issues and reads the access tokens of one issuer for one audience."""

    def __init__(self, settings: AuthSettings) -> None:
        self.seconds = settings.access_token_minutes * 60
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience
        self._known: OrderedDict[str, _Checked] = OrderedDict()
        self._keys = KeyRing(settings.jwt_secret, settings.jwt_accepted_secrets)
        self._rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
        )

    def issue(self, principal: Principal) -> str:
        """Return a token that says who `principal` is, valid from now on."""
        now = int(time())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": principal.subject,
            "email": principal.email,
            "roles": list(principal.roles),
            "iat": now,
            "nbf": now,
            "exp": now + self.seconds,
        }
        key = self._keys.signing
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])

    def read(self, token: str) -> Principal:
        """Return whom the token names.

        A token that was checked once is remembered until it expires. Raises
        Unauthorized, with the same words for every reason.
        """
        known = self._known.get(token)
        if known is not None and known.until > time():
            return known.principal
        checked = self._check(token)
        if len(self._known) >= REMEMBERED:
            self._known.popitem(last=False)
        self._known[token] = checked
        return checked.principal

    def _check(self, token: str) -> "_Checked":
        try:
            decoded = jwt.decode(token, self._keys.find, algorithms=[ALGORITHM])
            if decoded.header.get("typ") != TYPE:
                raise ValueError("not an access token")
            self._rules.validate(decoded.claims)
            checked = _Claims.model_validate(decoded.claims)
        except (JoseError, ValidationError, ValueError) as error:
            raise Unauthorized("The access token is not valid") from error
        principal = Principal(str(checked.sub), checked.email, tuple(checked.roles))
        return _Checked(principal, checked.exp)
