"""An OpenID Connect issuer for tests and development: its keys, people and grants.

Everybody may be anybody here. It checks of its clients what a real one checks.
"""

import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from threading import RLock
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters, RSAKey

Claims = dict[str, Any]
SECONDS = 3600


class OAuthError(Exception):
    """A refusal, by its code in RFC 6749."""


@dataclass(frozen=True)
class Login:
    """What a code or a refresh token stands for."""

    email: str
    client_id: str
    scope: str
    nonce: str = ""
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class OidcIssuer:
    """One issuer. `secrets` are those of its clients; others are public ones."""

    url: str
    audience: str
    secrets: dict[str, str] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    seconds: int = SECONDS
    key_fetches: int = 0
    revoked: list[str] = field(default_factory=list)
    changes: Claims = field(default_factory=dict)
    """Claims of the next ID tokens that are to be others; None leaves one out."""

    def __post_init__(self) -> None:
        self.keys: list[RSAKey | ECKey] = []
        self.lock = RLock()
        self._codes: dict[str, Login] = {}
        self._refresh: dict[str, Login] = {}
        self.rotate()

    def rotate(self, *, keep: bool = True) -> RSAKey | ECKey:
        """Sign with a new key from now on; the others are published or withdrawn."""
        parameters: KeyParameters = {"kid": token_urlsafe(8), "use": "sig"}
        key: RSAKey | ECKey
        if len(self.keys) % 2:
            key = ECKey.generate_key("P-256", parameters)
        else:
            key = RSAKey.generate_key(2048, parameters)
        self.keys = [*(self.keys if keep else ()), key]
        return key

    @property
    def signing(self) -> RSAKey | ECKey:
        """The key that signs."""
        return self.keys[-1]

    def metadata(self) -> Claims:
        """The discovery document."""
        places = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "jwks_uri": "/jwks",
            "revocation_endpoint": "/revoke",
            "end_session_endpoint": "/logout",
        }
        return {
            "issuer": self.url,
            **{name: self.url + path for name, path in places.items()},
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
        }

    def key_set(self) -> Claims:
        """The public keys, and one of a kind that nobody knows."""
        self.key_fetches += 1
        known = [key.as_dict(private=False) for key in self.keys]
        return {"keys": [{"kty": "NEW", "kid": "new"}, *known]}

    def sign(self, claims: Claims, **header: Any) -> str:
        """A token with the issuer's signature; None leaves a part of the header out."""
        key = self.signing
        algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
        said = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt", **header}
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, claims, key, [said["alg"]], default_type=None)

    def claims(self, subject: str, **more: Any) -> Claims:
        """What every token says; None leaves a claim out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": self.audience, "sub": subject}
        found = usual | {"iat": now, "exp": now + self.seconds} | more
        return {name: value for name, value in found.items() if value is not None}

    def of_person(self, email: str, **more: Any) -> Claims:
        """The claims of somebody's access token."""
        found = {
            "email": email,
            "email_verified": True,
            "roles": self.roles.get(email, []),
            "scope": "openid email",
        }
        return self.claims(subject_of(email), **found | more)

    def of_client(self, client_id: str, **more: Any) -> Claims:
        """The claims of an access token that a client has for itself."""
        return self.claims(client_id, **{"client_id": client_id} | more)

    def authorize(self, query: dict[str, str]) -> str:
        """A code for whom `login_hint` names; raises OAuthError."""
        if query.get("response_type") != "code" or "state" not in query:
            raise OAuthError("invalid_request")
        if query.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request")
        email = query.get("login_hint", "ada@example.com")
        if email.startswith("nobody"):
            raise OAuthError("access_denied")
        code = token_urlsafe(16)
        self._codes[code] = Login(
            email,
            query["client_id"],
            query["scope"],
            query.get("nonce", ""),
            query["redirect_uri"],
            query["code_challenge"],
        )
        return code

    def grant(self, form: dict[str, str], client_id: str, secret: str) -> Claims:
        """The answer of the token endpoint; raises OAuthError."""
        if self.secrets.get(client_id, "") != secret:
            raise OAuthError("invalid_client")
        match form.get("grant_type"):
            case "authorization_code":
                login = self._codes.pop(form.get("code", ""), None)
                verifier = form.get("code_verifier", "").encode()
                digest = urlsafe_b64encode(sha256(verifier).digest()).rstrip(b"=")
                if (
                    login is None
                    or login.client_id != client_id
                    or login.redirect_uri != form.get("redirect_uri")
                    or login.challenge != digest.decode()
                ):
                    raise OAuthError("invalid_grant")
                return self._granted(login)
            case "refresh_token":
                login = self._refresh.pop(form.get("refresh_token", ""), None)
                if login is None or login.client_id != client_id:
                    raise OAuthError("invalid_grant")
                return self._granted(login)
            case "password":
                email, scope = form["username"], form.get("scope", "openid email")
                if "roles" in form:
                    self.roles[email] = form["roles"].split()
                return self._granted(Login(email, client_id, scope))
            case "client_credentials":
                more = {"scope": form.get("scope", ""), "roles": []}
                token = self.sign(self.of_client(client_id, **more))
                return {"access_token": token, "token_type": "Bearer"}
            case _:
                raise OAuthError("unsupported_grant_type")

    def revoke(self, token: str) -> None:
        """Forget a refresh token."""
        self._refresh.pop(token, None)
        self.revoked.append(token)

    def forget_logins(self) -> None:
        """Let no refresh token be good any more."""
        self._refresh.clear()

    def _granted(self, login: Login) -> Claims:
        refresh = token_urlsafe(16)
        self._refresh[refresh] = login
        person = self.of_person(login.email, scope=login.scope)
        said = {"nonce": login.nonce or None, "aud": login.client_id}
        identity = {**person, **said, "azp": login.client_id, **self.changes}
        identity = {k: v for k, v in identity.items() if v is not None}
        return {
            "access_token": self.sign(person),
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "scope": login.scope,
            "refresh_token": refresh,
            "id_token": self.sign(identity, typ="JWT"),
        }


def subject_of(email: str) -> str:
    """The subject that an address belongs to."""
    return sha256(email.encode()).hexdigest()[:24]
