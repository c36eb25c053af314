"""How often a caller may ask for an operation, as overlays say it: `x-rate-limit`."""

import re
from typing import Final

from .contract import Contract
from .errors import ContractError
from .reader import Json
from .schema_parts import Pointer

POLICY_KEY: Final = "x-rate-limit"
POLICY: Final = re.compile(r"[1-9]\d{0,8}/([1-9]\d{0,3} )?(second|minute|hour|day)s?")


def rate_limit_of(
    contract: Contract, owners: list[tuple[dict[str, Json], Pointer]]
) -> str:
    """The policy of `x-rate-limit`: an operation's, or else its path's.

    Raises ContractError.
    """
    for node, at in owners:
        policy = node.get(POLICY_KEY)
        if policy is None:
            continue
        if not isinstance(policy, str) or not POLICY.fullmatch(policy):
            raise ContractError(
                contract.place(*at, POLICY_KEY),
                f"{POLICY_KEY} is no number of requests in a time",
                f"Write for example `{POLICY_KEY}: 100/minute`, or `5/10 seconds`.",
            )
        return policy
    return ""
