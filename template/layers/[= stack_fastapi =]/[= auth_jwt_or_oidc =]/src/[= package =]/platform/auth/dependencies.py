"""The check that a route puts before its work."""

from collections.abc import Collection

from fastapi import Request

from ..admission import Admission
from ..context import authorization, caller
from ..errors import Forbidden, Unauthorized
from .callers import caller_by
from .credentials import BASIC, BEARER, CredentialsMissing, challenge_of
from .principal import ADMIN, Principal, remember
from .service import Accounts


class Authenticated(Admission[Principal]):
    """Lets in callers with accepted credentials; `authenticated` says more."""

    def __init__(
        self, accepted: Collection[str | tuple[str, ...]], roles: Collection[str]
    ) -> None:
        self._alternatives = [
            (one,) if isinstance(one, str) else one for one in accepted
        ]
        kinds = (kind for together in self._alternatives for kind in together)
        self._kinds = list(dict.fromkeys(kinds))
        self._challenge = ", ".join(dict.fromkeys(map(challenge_of, self._kinds)))
        self._roles = {ADMIN, *roles} if roles else set()

    async def admit(self, request: Request) -> Principal:
        """The caller; raises Unauthorized, Forbidden."""
        accounts: Accounts = request.app.state.wiring.accounts
        callers: dict[str, Principal] = {}
        try:
            for kind in self._kinds:
                if (found := await caller_by(accounts, kind, request)) is not None:
                    callers[kind] = found
            kind = self._deciding(callers)
        except Unauthorized as error:
            error.headers["WWW-Authenticate"] = self._challenge
            raise
        principal = callers[kind]
        caller.set(accounts.pseudonyms.of(principal.subject))
        if self._roles and not self._roles.intersection(principal.roles):
            raise Forbidden("The caller's account has none of the roles for this")
        if kind not in (BEARER, BASIC):
            # what this calls elsewhere takes tokens, and perhaps no such key
            authorization.set(f"Bearer {accounts.tokens.issue(principal)}")
        remember(authorization.get() or "", principal)
        return principal

    def _deciding(self, callers: dict[str, Principal]) -> str:
        """The first of the credentials that let a request in; raises Unauthorized."""
        for together in self._alternatives:
            if all(kind in callers for kind in together):
                return together[0]
        raise CredentialsMissing("Credentials are needed")
