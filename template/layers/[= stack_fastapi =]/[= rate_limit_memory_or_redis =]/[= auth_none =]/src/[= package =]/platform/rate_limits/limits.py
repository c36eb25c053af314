"""The limits of this service, by the networks that requests come from."""

from fastapi import Request
from fastapi.routing import APIRoute

from .budgets import Budgets, Rule
from .networks import network_of


class RateLimits(Budgets):
    """Counts requests by route and network: nobody is asked for a name."""

    def rule_of(self, route: APIRoute) -> Rule | None:
        return self.usual_rule(route)

    def counted_by(self, rule: Rule, request: Request) -> str:
        return network_of(request)
