"""What the claims of a token mean here: roles, scopes, addresses."""

from collections.abc import Mapping
from typing import Any, Final

from ..auth.principal import ROLES

Claims = Mapping[str, Any]

LONGEST_ADDRESS: Final = 254


class RoleReader:
    """Reads roles from one claim: `roles`, `realm_access.roles`, `groups`."""

    def __init__(self, path: str, names: Mapping[str, str]) -> None:
        self._path = path
        self._names = names

    def roles(self, claims: Claims) -> tuple[str, ...]:
        """The roles that a token gives; others than ours are passed over.

        The claim is a list or a text with spaces. A role has the name that the settings
        give it, or else our own, in upper or lower case. A URL is one name, although
        it has dots.
        """
        found: Any = claims.get(self._path)
        if found is None:
            found = claims
            for name in self._path.split("."):
                found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, str):
            found = found.split()
        given = [name for name in found or () if isinstance(name, str)]
        roles = {self._names.get(name) or name.upper() for name in given}
        return tuple(role for role in ROLES if role in roles)


def scopes_of(claims: Claims) -> frozenset[str]:
    """The scopes that a token was granted (RFC 8693: `scope`; some write `scp`)."""
    found = claims.get("scope", claims.get("scp", ()))
    if isinstance(found, str):
        found = found.split()
    listed = found if isinstance(found, list | tuple) else ()
    return frozenset(scope for scope in listed if isinstance(scope, str))


def client_of(claims: Claims) -> str | None:
    """The client that a token was issued to (RFC 9068: `client_id`)."""
    found = claims.get("client_id", claims.get("azp"))
    return found if isinstance(found, str) and found else None


def address_of(claims: Claims) -> str | None:
    """The e-mail address of a token, if it has one."""
    found = claims.get("email")
    if not isinstance(found, str) or "@" not in found:
        return None
    address = found.strip().lower()
    return address if len(address) <= LONGEST_ADDRESS else None


def is_verified(claims: Claims) -> bool:
    """Whether the issuer says that the address is theirs who log in."""
    return claims.get("email_verified") is True


def is_of_client(claims: Claims) -> bool:
    """Whether a client calls on its own behalf (client credentials).

    RFC 9068, section 2.2, makes it the subject; some issuers have a user for it.
    """
    client = client_of(claims)
    return client is not None and (
        claims["sub"] == client
        or claims.get("gty") == "client-credentials"
        or claims.get("preferred_username") == f"service-account-{client}"
    )
