"""Who is calling: credentials, and the check that a route puts before its work."""

from .guards import authenticated
from .principal import Principal, current_principal, owned

__all__ = ["Principal", "authenticated", "current_principal", "owned"]
