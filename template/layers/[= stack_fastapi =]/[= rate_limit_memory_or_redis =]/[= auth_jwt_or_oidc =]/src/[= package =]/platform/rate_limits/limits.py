"""The limits of this service, by those who are logged in, their keys, and networks."""

from typing import TYPE_CHECKING, Final

from fastapi import Request
from fastapi.routing import APIRoute

from ..auth.principal import current_principal
from ..errors import Unauthorized
from ..routing import PLATFORM
from .budgets import Budgets, Rule
from .counters import Counters
from .networks import network_of
from .policies import policy_of
from .refusals import Refusals
from .windows import Quota

if TYPE_CHECKING:
    from ...settings import Settings
    from ..bodies import JsonRoute

# Where passwords can be tried, and accounts made.
LOGIN: Final = (f"{PLATFORM}/auth/login", f"{PLATFORM}/auth/register")


class RateLimits(Budgets):
    """Counts requests by route and caller, and refused credentials by network."""

    def __init__(self, settings: "Settings", counters: Counters) -> None:
        super().__init__(settings, counters)
        self.refusals = Refusals(self.count, settings.rate_limit_refused)

    def rule_of(self, route: APIRoute) -> Rule | None:
        if route.path in LOGIN and (text := self.settings.rate_limit_login):
            return Rule("login", route.path, policy_of(text))
        return self.usual_rule(route)

    async def take(self, route: "JsonRoute", request: Request) -> Quota | None:
        """Count a request of somebody who is let in: a caller's limit needs a name.

        Raises Unauthorized, Forbidden, and TooManyRequests where an address has sent
        too many credentials that were refused.
        """
        if route.admissions:
            await self._let_in(route, request)
        return await super().take(route, request)

    async def _let_in(self, route: "JsonRoute", request: Request) -> None:
        self.refusals.check(request)
        try:
            await route.admit(request)
        except Unauthorized as error:
            await self.refusals.count(request, error)
            raise

    def counted_by(self, rule: Rule, request: Request) -> str:
        """An API key, an account, or the network of a client whom nobody asked."""
        try:
            principal = current_principal()
        except Unauthorized:
            return network_of(request)
        if principal.api_key:
            return f"key:{principal.api_key}"
        return f"account:{principal.subject}"
