"""The limits of a contract as a module, where something counts."""

from .domain import Domain
from .fastapi_routes import route_path
from .python_text import literal
from .reader import Json
from .render import HEADER


def limit_module(domain: Domain) -> dict[str, str]:
    """`rate_limits.py` of `generated/` in the package itself, if there are limits."""
    if domain.rate_limit == "none":
        return {}
    policies: dict[str, Json] = {
        f"{o.method.upper()} {route_path(o)}": o.rate_limit
        for context in domain.contexts
        for o in context.operations
        if o.rate_limit
    }
    return {"rate_limits.py": f'''# {HEADER}

"""How often a caller may ask for what, where the contract says so."""

from typing import Final

POLICIES: Final[dict[str, str]] = {literal(policies)}
'''}
