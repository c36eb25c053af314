"""How many requests callers have left of what policies give them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.routing import APIRoute

from ...generated.rate_limits import POLICIES
from .counters import Counters
from .policies import Policy, policy_of
from .windows import Quota, window_of

if TYPE_CHECKING:
    from ...settings import Settings
    from ..bodies import JsonRoute


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy by the name that callers are told, and what it is counted for."""

    name: str
    counted_for: str
    policy: Policy


class Budgets(ABC):
    """Counts requests by route and caller."""

    def __init__(self, settings: "Settings", counters: Counters) -> None:
        self.is_on = settings.rate_limits
        self.settings = settings
        self._counters = counters
        self._rules: dict[int, Rule | None] = {}

    @abstractmethod
    def rule_of(self, route: APIRoute) -> Rule | None:
        """The rule that a route falls under."""

    @abstractmethod
    def counted_by(self, rule: Rule, request: Request) -> str:
        """Whose requests a rule counts together with this one."""

    async def take(self, route: "JsonRoute", request: Request) -> Quota | None:
        """Count a request; None where nothing limits it, or nobody can count it."""
        known = id(route)
        if known not in self._rules:
            self._rules[known] = self.rule_of(route)
        rule = self._rules[known]
        if rule is None:
            return None
        who = self.counted_by(rule, request)
        return await self.count(rule.name, f"{rule.counted_for}:{who}", rule.policy)

    async def count(self, name: str, budget: str, policy: Policy) -> Quota | None:
        """Count a request against a budget; None where nobody can count it."""
        window = window_of(budget, policy)
        counted = await self._counters.count(window)
        if counted is None:
            return None
        return Quota(name, policy, policy.requests - counted, window.seconds_left)

    def usual_rule(self, route: APIRoute) -> Rule | None:
        """The rule of the contract for an operation, or else the one of the settings.

        The latter is one budget for all that a caller asks of such operations.
        """
        for method in sorted(route.methods or ()):
            operation = f"{method} {route.path}"
            if text := POLICIES.get(operation):
                return Rule("operation", operation, policy_of(text))
        if text := self.settings.rate_limit:
            return Rule("default", "*", policy_of(text))
        return None
