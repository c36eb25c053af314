"""What the answers `rate_limit` and `idempotency` add to a contract.

Like versions, it is written nowhere but into the effective contract, so that the
answers can be changed for life.
"""

from typing import Final

from .amendments import Seed, operations_of
from .domain import Domain, Operation
from .limit_policies import POLICY_KEY
from .operation_parameters import IS_KEY
from .reader import Json
from .seed_errors import Refusals

KEY_HEADER: Final = "Idempotency-Key"
_TOLD: Final = "Sent again with the same key, a request is not carried out again."


def protect(made: Seed, domain: Domain, refusals: Refusals) -> None:
    """Declare the header of keys, and collect what the platform may answer."""
    for operation, _, pointer in operations_of(made, domain):
        if domain.rate_limit != "none":
            policy = operation.rate_limit
            most = f"more than {policy} times" if policy else "too often"
            refusals.add(operation, 429, f"a caller asks {most}")
        if domain.idempotency != "none" and operation.method == "post":
            refusals.add(operation, 400, f"the {KEY_HEADER} cannot be one")
            refusals.add(
                operation, 409, f"the request with its {KEY_HEADER} is not done yet"
            )
            refusals.add(
                operation, 422, f"its {KEY_HEADER} came with another request before"
            )
            if not _takes_key(operation):
                made.add(
                    pointer,
                    {"parameters": [_parameter()]},
                    f"{operation.id} may be sent again with the same {KEY_HEADER}",
                )


def unlimited(domain: Domain) -> tuple[str, ...]:
    """What the contract wants limited and nobody limits, a line each."""
    if domain.rate_limit != "none":
        return ()
    return tuple(
        f"{o.id}: {POLICY_KEY} {o.rate_limit}, as rate_limit is none"
        for context in domain.contexts
        for o in context.operations
        if o.rate_limit
    )


def _takes_key(operation: Operation) -> bool:
    wires = (p.wire.lower() for p in operation.parameters if p.place == "header")
    return KEY_HEADER.lower() in wires


def _parameter() -> Json:
    schema: Json = {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[!-~]*$",
    }
    return {
        "name": KEY_HEADER,
        "in": "header",
        "description": _TOLD,
        "schema": schema,
        IS_KEY: True,
    }
