"""Settings of the rate limits."""

from pydantic import field_validator
from pydantic_settings import BaseSettings

from .policies import policy_of


class RateLimitSettings(BaseSettings):
    """How often a caller may ask, where the contract does not say."""

    rate_limits: bool = True
    rate_limit: str = "1000/minute"
    rate_limit_login: str = "20/minute"
    rate_limit_refused: str = "60/minute"

    @field_validator("rate_limit", "rate_limit_login", "rate_limit_refused")
    @classmethod
    def check_policy(cls, policy: str) -> str:
        """Say how many requests in what time, or nothing."""
        if policy:
            policy_of(policy)
        return policy
