"""The caller whom a token of the issuer names."""

from dataclasses import dataclass

from ..auth.principal import Principal


@dataclass(frozen=True, slots=True)
class TokenCaller(Principal):
    """Who calls with what the issuer has granted.

    `client` is the application that calls: on its own behalf where `is_client`.
    """

    scopes: frozenset[str] = frozenset()
    client: str | None = None
    is_client: bool = False
